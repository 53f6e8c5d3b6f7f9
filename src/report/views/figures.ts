import type { PageDetail } from '../page-shapes.ts';
import { type Html, html, when } from './html.ts';
import { bareRateText, bytesText, momentText } from './words.ts';

/** What the charts of a migration show, in figures. */
export function figuresTable({ readings, downtime_steps: steps, throttle }: PageDetail): Html {
  const { at_s, remaining_bytes, wire_bytes_s, dirty_bytes_s, from } = readings;
  const rows = at_s.map(
    (at, row) =>
      html`<tr><td class="number">${momentText(at)}</td><td class="number">${bytesText(remaining_bytes[row] ?? 0)}</td><td class="number">${bareRateText(wire_bytes_s[row] ?? null)}</td><td class="number">${bareRateText(dirty_bytes_s[row] ?? null)}</td></tr>`,
  );
  const told = from === 'log' ? "nova's progress lines" : 'samples of the job';
  return html`<details class="figures"><summary>The same in figures</summary>
${when(
  rows.length > 0,
  () =>
    html`<table><caption>Memory, by ${told}; rates since the row before</caption><thead><tr><th scope="col" class="number">After</th><th scope="col" class="number">Remaining</th><th scope="col" class="number">Wire (MiB/s)</th><th scope="col" class="number">Dirtied</th></tr></thead><tbody>${rows}</tbody></table>`,
)}
${pairs(
  'Downtime allowed',
  'ms',
  steps.map(({ at_s: at, downtime_ms }) => [at, downtime_ms]),
)}
${pairs(
  'Throttle',
  '%',
  throttle.map(({ at_s: at, percent }) => [at, percent]),
)}</details>`;
}

function pairs(name: string, unit: string, values: readonly (readonly [at: number, value: number])[]): Html | null {
  return when(
    values.length > 0,
    () =>
      html`<table><caption>${name}</caption><thead><tr><th scope="col" class="number">After</th><th scope="col" class="number">${name}</th></tr></thead><tbody>${values.map(([at, value]) => html`<tr><td class="number">${momentText(at)}</td><td class="number">${value} ${unit}</td></tr>`)}</tbody></table>`,
  );
}
