import type { PageArm, PageStratum, PageTunnel } from '../page-shapes.ts';
import { plural } from '../plural.ts';
import { type Html, html, when } from './html.ts';
import { bareRateText, countText, rateText } from './words.ts';

/** Tunnelled against direct migrations, stratum by stratum: each one's throughput, the medians, and what they mean. */
export function tunnelView({ strata, excluded, notes }: PageTunnel): Html {
  return html`<h1>Tunnel against no tunnel</h1>
<p class="lead">Throughput of migrations through libvirtd's tunnel beside direct ones, over the same network and of the same size. One dot is one migration: the median of its rates between two progress lines.</p>
${strata.length === 0 ? html`<p>Nothing to compare: no migration of either kind.</p>` : strata.map(stratumView)}
${when(
  excluded.length + notes.length > 0,
  () =>
    html`<section><h2>Left out</h2><ul>${excluded.map(({ why, count }) => html`<li>${plural(count, 'migration')}: ${why}</li>`)}${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`,
)}`;
}

function stratumView(stratum: PageStratum): Html {
  const { stratum: name, arms, ratio, ratio_interval: interval, reading } = stratum;
  const ratioText =
    ratio === null || interval === null
      ? null
      : html`<p>The medians stand at <b>${ratio.toFixed(2)}</b> to 1, tunnelled to direct (95 % interval ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}).</p>`;
  return html`<section class="stratum"><h2>${name}</h2><p class="reading">${reading.charAt(0).toUpperCase()}${reading.slice(1)}.</p>${ratioText}
${stripPlot(arms, name)}
<table><caption class="unseen">Throughput: ${name}</caption><thead><tr><th scope="col">Migrations</th><th scope="col" class="number">n</th><th scope="col" class="number">p10 (MiB/s)</th><th scope="col" class="number">Median</th><th scope="col" class="number">p90</th></tr></thead>
<tbody>${arms.map(armRow)}</tbody></table></section>`;
}

function armRow({ name, n, median_bytes_s, p10_bytes_s, p90_bytes_s }: PageArm): Html {
  return html`<tr><th scope="row">${name}</th><td class="number">${countText(n)}</td><td class="number">${bareRateText(p10_bytes_s)}</td><td class="number">${bareRateText(median_bytes_s)}</td><td class="number">${bareRateText(p90_bytes_s)}</td></tr>`;
}

const [LEFT, RIGHT, ROW] = [92, 500, 44];
const WIDTH = 560;
/** So many dots of an arm are drawn: the quantiles of all are. */
const MOST_DOTS = 400;

/** Each arm on a line of its own: dots, the span from p10 to p90, the median as a stroke across. */
function stripPlot(arms: readonly PageArm[], name: string): Html {
  const most = arms.flatMap(({ values }) => values).reduce((high, [, rate]) => Math.max(high, rate), 0);
  if (most === 0) return html``;
  const top = roundUp(most / 2 ** 20);
  const x = (bytes_s: number) => (LEFT + (bytes_s / 2 ** 20 / top) * (RIGHT - LEFT)).toFixed(1);
  const height = arms.length * ROW + 26;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = LEFT + share * (RIGHT - LEFT);
    return html`<line class="grid" x1="${at}" x2="${at}" y1="4" y2="${height - 22}"/><text class="tick" x="${at}" y="${height - 6}" text-anchor="middle">${tickText(top * share)}${share === 1 ? ' MiB/s' : ''}</text>`;
  });
  const words = arms.map((arm) => `${arm.name} ${arm.n} migrations, median ${rateText(arm.median_bytes_s)}`).join('; ');
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Throughput, ${name}: ${words}">${ticks}${arms.map((arm, row) => armMarks(arm, row, x))}</svg>`;
}

function armMarks(
  { name, values, p10_bytes_s: p10, p90_bytes_s: p90, median_bytes_s: median }: PageArm,
  row: number,
  x: (bytes_s: number) => string,
): Html {
  const middle = 4 + row * ROW + ROW / 2;
  const every = Math.max(1, Math.ceil(values.length / MOST_DOTS));
  // Dots of like rates would lie on each other: they are spread over the height of the line, the same way every time.
  const dots = values
    .filter((_, at) => at % every === 0)
    .map(
      ([migration, rate], at) =>
        html`<circle class="dot arm${row}" cx="${x(rate)}" cy="${(middle + ((at * 7) % 19) - 9).toFixed(1)}" r="3.5"><title>${migration}: ${rateText(rate)}</title></circle>`,
    );
  const spread =
    p10 === null || p90 === null || median === null
      ? null
      : html`<line class="spread arm${row}" x1="${x(p10)}" x2="${x(p90)}" y1="${middle}" y2="${middle}"/><line class="median arm${row}" x1="${x(median)}" x2="${x(median)}" y1="${middle - 18}" y2="${middle + 18}"/>`;
  return html`<text class="armname" x="0" y="${middle + 4}">${name}</text>${spread}${dots}`;
}

function roundUp(value: number): number {
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].map((times) => times * size).find((top) => top >= value) ?? value;
}

function tickText(value: number): string {
  return value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1);
}
