import type { RuleMeta } from '../../judgement.ts';
import type { PageDetail, PageMoment, PageSentence, PageSetting } from '../page-shapes.ts';
import { outcomeChip, routeText } from './chips.ts';
import { figuresTable } from './figures.ts';
import { type Html, html, when } from './html.ts';
import { linesSection } from './lines.ts';
import { migrationPlace } from './places.ts';
import { verdictCounts, verdictsSection } from './verdicts.ts';
import { durationText, momentText, timeText } from './words.ts';

/** One migration. `charts`: an empty place that is to be drawn into, or nothing. */
export function migrationView(detail: PageDetail, rules: readonly RuleMeta[]): Html {
  const { id, guest, instance } = detail;
  return html`<p class="back"><a href="#/migrations">Migrations</a></p>
<h1>${guest ?? id}</h1>
<p class="chips">${outcomeChip(detail.outcome)} ${verdictCounts(detail.verdicts)}</p>
${facts(detail)}
<section aria-labelledby="story-title"><h2 id="story-title">What happened</h2><p class="story">${sentences(detail.story, id)}</p></section>
${chartSection(detail)}
${verdictsSection(detail, rules)}
${settingsSection(detail.settings)}
${whatIfSection(detail)}
${timelineSection(detail)}
${linesSection(detail)}
<p class="quiet">Instance <code>${instance}</code></p>`;
}

function facts(detail: PageDetail): Html {
  const { id, source_host, destination_host, started_at, ended_at, duration_s, observed } = detail;
  const known: readonly (readonly [string, Html | string | null])[] = [
    ['Migration', html`<code>${id}</code>`],
    ['From and to', routeText(source_host, destination_host)],
    ['Started', `${timeText(started_at)} UTC`],
    ['Ended', ended_at === null ? null : `${timeText(ended_at)} UTC, after ${durationText(duration_s)}`],
    ['Test', detail.test],
    ['Network', detail.network],
    ['Request', detail.request_id === null ? null : html`<code>${detail.request_id}</code>`],
    ['Pause', observed.pause_ms === null ? null : `${observed.pause_ms} ms between Paused and Resumed`],
    ['Time window', detail.cut],
    ['Clock', detail.clock_step ? 'went back while it ran' : null],
  ];
  const rows = known.flatMap(([name, value]) =>
    value === null ? [] : [html`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  );
  return html`<dl class="facts">${rows}</dl>`;
}

/** Sentences, each with the numbers of its lines, which lead there. */
function sentences(all: readonly PageSentence[], id: string): Html[] {
  return all.map(({ text, lines }) => html`${text.replace(/\.$/, '')}${cites(lines, id)}. `);
}

/** More are not cited behind a sentence: the first and the last of them. */
const MOST_CITED = 3;

function cites(lines: readonly number[], id: string): Html[] {
  const shown = lines.length > MOST_CITED ? [...lines.slice(0, MOST_CITED - 1), ...lines.slice(-1)] : lines;
  return shown.map(
    (line) => html`<a class="cite" href="${migrationPlace(id, line)}" aria-label="line ${line + 1}">${line + 1}</a>`,
  );
}

function chartSection(detail: PageDetail): Html {
  const { readings, downtime_steps: steps } = detail;
  if (readings.at_s.length + steps.length === 0)
    return html`<section><h2>Course</h2><p class="quiet">No progress or downtime line shows its course.</p></section>`;
  return html`<section aria-labelledby="chart-title"><h2 id="chart-title">Course</h2>
<div id="charts"></div>${figuresTable(detail)}</section>`;
}

function settingsSection(settings: readonly PageSetting[]): Html {
  return html`<section aria-labelledby="settings-title"><h2 id="settings-title">Settings in force</h2>
<table class="settings stacked"><caption class="unseen">Settings, where each comes from, and what lost against it</caption>
<thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">From</th><th scope="col">Why, and what lost</th></tr></thead>
<tbody>${settings.map(settingRow)}</tbody></table></section>`;
}

function settingRow({ name, unit, value, origin, declared, why, candidates }: PageSetting): Html {
  const shown =
    value === null
      ? html`<span class="quiet">not known</span>`
      : html`<b>${valueText(value)}</b>${unit === '' ? '' : ` ${unit}`}`;
  const from =
    origin === null
      ? html`<span class="quiet">–</span>`
      : html`${origin}<br><span class="quiet">${declared ? 'declared' : 'assumed'}</span>`;
  const losers = candidates.flatMap((each) =>
    each.lost === null
      ? []
      : [
          html`<li><s><code>${each.key} = ${each.value}</code></s> <span class="quiet">(${each.origin})</span> ${each.lost}</li>`,
        ],
  );
  return html`<tr><th scope="row">${name}</th><td>${shown}</td><td>${from}</td><td><p>${why}</p>${when(losers.length > 0, () => html`<ul class="losers">${losers}</ul>`)}</td></tr>`;
}

function valueText(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

function whatIfSection({ what_if: answers, id }: PageDetail): Html {
  const rows = answers.map(
    ({ name, text, lines }) => html`<div><dt>${name}</dt><dd>${sentences([{ text, lines }], id)}</dd></div>`,
  );
  return html`<section aria-labelledby="whatif-title"><h2 id="whatif-title">What if</h2>
<p class="quiet">The least with which it would have completed, all else being equal.</p><dl class="facts">${rows}</dl></section>`;
}

function timelineSection({ moments, id }: PageDetail): Html {
  return html`<section aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
<table class="timeline"><caption class="unseen">What the lines say, in order; seconds from the start</caption>
<thead><tr><th scope="col" class="number">After</th><th scope="col">Host</th><th scope="col">What</th></tr></thead>
<tbody>${moments.map((moment) => momentRow(moment, id))}</tbody></table></section>`;
}

function momentRow({ from_s, to_s, host, text, lines }: PageMoment, id: string): Html {
  const span = from_s === to_s ? momentText(from_s) : `${momentText(from_s)} to ${momentText(to_s)}`;
  return html`<tr><td class="number">${span}</td><td>${host ?? '?'}</td><td>${text}${cites(lines, id)}</td></tr>`;
}
