import type { Explained, WhatIf } from '../explanation.ts';
import type { Evidence, Setting, Settings, Status, Verdict } from '../model.ts';
import { chartOf } from './explain-chart.ts';
import { type Notes, paragraphOf, startNotes } from './explain-notes.ts';
import { storyOf } from './explain-story.ts';
import { type Moment, momentsOf } from './explain-timeline.ts';
import { indent, type Paint, plain, shortened } from './layout.ts';
import { printable, printableName } from './printable.ts';

/** One migration for people, in 80 columns: what happened, settings, timeline, chart, verdicts, what-if, the lines cited. */
export function explainText(explained: Explained, paint: Paint = plain): string {
  const { migration, settings } = explained.subject;
  const notes = startNotes();
  const sections: [string, string][] = [
    ['WHAT HAPPENED', indent(printableName(paragraphOf(storyOf(explained), notes)), 2)],
    ['SETTINGS', settingsText(settings, paint)],
    ['TIMELINE (seconds from the start)', momentsOf(migration).map(momentText).join('\n')],
    ['CHART', chartOf(migration)],
    ['VERDICTS', verdictsText(explained.verdicts, notes, paint)],
    ['WHAT IF', whatIfText(explained.whatIf, notes)],
  ];
  const parts = sections.filter(([, text]) => text !== '').map(([name, text]) => `${paint.bold(name)}\n\n${text}`);
  const route = `${migration.sourceHost ?? '?'} -> ${migration.destinationHost ?? '?'}`;
  const head = indent(`${paint.bold(printableName(migration.id))}  ${printableName(route)}`, 0);
  return `${[head, ...parts, `${paint.bold('LINES')}\n\n${linesText(notes, paint)}`].join('\n\n')}\n`;
}

/** The names of settings, in the order of reports. */
export const SETTING_NAMES: readonly (readonly [keyof Settings, string, string])[] = [
  ['timeout_s', 'timeout', ' s'],
  ['max_downtime_ms', 'maximum downtime', ' ms'],
  ['auto_converge', 'auto-converge', ''],
  ['tunnel', 'tunnel', ''],
  ['post_copy', 'post-copy', ''],
  ['timeout_action', 'timeout action', ''],
];

function settingsText(settings: Settings, paint: Paint): string {
  const rows = SETTING_NAMES.flatMap(([key, name, unit]) => {
    const { value, origin, declared, why, candidates } = settings[key] as Setting<unknown>;
    const source = origin === null ? '' : ` (${origin}, ${declared ? 'declared' : 'assumed'})`;
    const shown = value === null ? 'not known' : `${String(value)}${unit}`;
    const losers = candidates.filter(({ lost }) => lost !== null);
    return [
      indent(paint.bold(printableName(`${name}: ${shown}`)) + printableName(source), 2),
      indent(printableName(why), 4),
      ...losers.map((each) => indent(printableName(`not ${each.origin} ${each.key} ${each.value}: ${each.lost}`), 4)),
    ];
  });
  return rows.join('\n');
}

function momentText({ from_s, to_s, host, text }: Moment): string {
  const seconds = (value: number | null) => (value === null ? '-' : value.toFixed(1));
  const when = from_s === to_s ? seconds(from_s) : `${seconds(from_s)} to ${seconds(to_s)}`;
  const whole = printableName(host ?? '?');
  const name = whole.length > HOST_WIDTH ? `${whole.slice(0, HOST_WIDTH - 1)}\u2026` : whole;
  const [head = '', ...rest] = indent(printableName(text), TEXT_AT).split('\n');
  return [`  ${when.padEnd(TIME_WIDTH)}${name.padEnd(HOST_WIDTH)} ${head.trimStart()}`, ...rest].join('\n');
}

const TIME_WIDTH = 17;
const HOST_WIDTH = 16;
const TEXT_AT = 2 + TIME_WIDTH + HOST_WIDTH + 1;

const ORDER: readonly Status[] = ['fail', 'inconclusive', 'pass'];
const STATUS_NAMES: Readonly<Record<Status, string>> = {
  fail: 'FAIL',
  inconclusive: 'not decided',
  pass: 'pass',
  'not-applicable': 'not applicable',
};

function verdictsText(verdicts: readonly Verdict[], notes: Notes, paint: Paint): string {
  const paints: Partial<Record<Status, (text: string) => string>> = { fail: paint.red, inconclusive: paint.yellow };
  const shown = ORDER.flatMap((status) =>
    verdicts
      .filter((verdict) => verdict.status === status)
      .map(({ rule, severity, message, evidence }) => {
        const name = (paints[status] ?? paint.green)(STATUS_NAMES[status]);
        const cited = notes.cite(status === 'fail' ? evidence.map(proofOf) : evidence.slice(0, 1).map(proofOf));
        return indent(`${name} ${paint.bold(rule)} (${severity}): ${printableName(message)}${cited}`, 2);
      }),
  );
  const rest = verdicts.filter(({ status }) => status === 'not-applicable').map(({ rule }) => rule);
  return [...shown, ...(rest.length === 0 ? [] : [indent(`not applicable: ${rest.join(', ')}`, 2)])].join('\n');
}

/** A line of a verdict as what it proves with. */
export function proofOf({ text, ...ref }: Evidence) {
  return { ref, text };
}

function whatIfText({ downtime_ms, timeout_s, throttle_percent }: WhatIf, notes: Notes): string {
  const answers = [
    ['downtime limit', downtime_ms],
    ['timeout', timeout_s],
    ['throttle', throttle_percent],
  ] as const;
  const rows = answers.map(([name, { text, proofs }]) =>
    indent(`${name}: ${printableName(paragraphOf([{ text, proofs }], notes))}`, 2),
  );
  return [indent('The least with which it would have completed, all else being equal:', 2), ...rows].join('\n');
}

function linesText(notes: Notes, paint: Paint): string {
  const rows = notes.cited().map(({ ref, text }, index) => {
    const place = indent(printableName(`[${index + 1}] ${ref.path}:${ref.line}`), 2);
    return `${place}\n${paint.dim(indent(shortened(printable(text)), 6))}`;
  });
  return rows.join('\n');
}
