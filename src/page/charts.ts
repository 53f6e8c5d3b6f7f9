import uPlot from 'uplot';
import type { PageDetail, PagePause } from '../report/page-shapes.ts';
import { type Html, html } from '../report/views/html.ts';
import { momentText } from '../report/views/words.ts';
import { drawMarks, type Mark, marksOf } from './marks.ts';
import { deadlineOf, type Panel, panelsOf, spanOf } from './panels.ts';
import { drawSawTooth } from './saw-tooth.ts';

/** Draws the course of a migration into an element, one chart below the other over the same time. Gives what takes them away. */
export function drawCharts(into: HTMLElement, detail: PageDetail): () => void {
  let charts: uPlot[] = [];
  const draw = () => {
    for (const chart of charts) chart.destroy();
    charts = chartsIn(into, detail);
  };
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const paper = matchMedia('print');
  const sized = new ResizeObserver(() => {
    for (const chart of charts) chart.setSize({ width: widthIn(into), height: chart.height });
  });
  draw();
  scheme.addEventListener('change', draw);
  paper.addEventListener('change', draw);
  sized.observe(into);
  return () => {
    scheme.removeEventListener('change', draw);
    paper.removeEventListener('change', draw);
    sized.disconnect();
    for (const chart of charts) chart.destroy();
  };
}

function chartsIn(into: HTMLElement, detail: PageDetail): uPlot[] {
  const panels = panelsOf(detail);
  const marks = marksOf(detail);
  into.innerHTML = html`${panels.map(
    ({ title, summary }) =>
      html`<figure class="chart"><figcaption>${title}</figcaption><div class="plot" role="img" aria-label="${summary}"></div></figure>`,
  )}${keyOf(detail)}<ol class="marks" aria-label="Events in the chart">${marks.map(({ number, text, at_s }) => html`<li value="${number}">${text} <span class="quiet">${momentText(at_s)}</span></li>`)}</ol>`.html;
  const places = [...into.querySelectorAll<HTMLElement>('.plot')];
  return panels.map((panel, at) => {
    const place = places[at] as HTMLElement;
    return new uPlot(
      optionsOf(panel, detail, at === 0 ? marks : [], widthIn(into)),
      [...panel.columns] as uPlot.AlignedData,
      place,
    );
  });
}

/** What stands behind the lines of the charts. */
function keyOf(detail: PageDetail): Html {
  const [deadline, last] = [deadlineOf(detail), spanOf(detail)[1]];
  const { origin, declared } = detail.settings.find(({ key }) => key === 'timeout_s') ?? {
    origin: null,
    declared: false,
  };
  const from = `${deadline} s (${origin ?? 'of unknown origin'}${declared ? '' : ', assumed'})`;
  const words = [
    ...(deadline === null
      ? []
      : [
          deadline <= last
            ? `Dashed red line across: the timeout of ${from} is over.`
            : `The timeout of ${from} lies beyond what is shown.`,
        ]),
    ...(detail.pause === null ? [] : [pauseText(detail.pause)]),
    ...(detail.readings.rises.length === 0 ? [] : ['Dotted: passes ended there, between two readings.']),
    'Grey lines across: events, by their numbers.',
  ];
  return html`<p class="quiet key">${words.join(' ')}</p>`;
}

function pauseText({ pause_ms }: PagePause): string {
  return pause_ms === null
    ? 'Red band: from Paused to Resumed, by the clocks of both hosts.'
    : `Red band: the guest is paused, ${pause_ms} ms.`;
}

function widthIn(into: HTMLElement): number {
  return Math.max(200, into.querySelector('.plot')?.clientWidth ?? 0);
}

function optionsOf(panel: Panel, detail: PageDetail, marks: readonly Mark[], width: number): uPlot.Options {
  const colour = colours();
  const [from, to] = spanOf(detail);
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
    font: FONT,
  };
  return {
    width,
    height: panel.height,
    padding: [marks.length > 0 ? 22 : 8, 12, 0, 0],
    cursor: { sync: { key: detail.id }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: [from, to] },
      y: { range: (_, __, most) => [0, Math.max(panel.least, most * 1.08)] },
    },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`), size: 28, space: 60 },
      { ...axis, values: (_, ticks) => ticks.map(String), size: 56, space: 22 },
    ],
    series: [
      { label: 'after', value: (_, at) => (at == null ? '' : momentText(at)) },
      ...panel.series.map(
        ({ label, colour: name, unit, dash, stairs, points }): uPlot.Series => ({
          label,
          stroke: colour(name),
          width: 2,
          spanGaps: false,
          value: (_, value) => (value == null ? '' : `${tidy(value)} ${unit}`),
          points: { show: points, size: 6, fill: colour(name) },
          ...(dash === null ? {} : { dash: [...dash] }),
          ...(panel.rises === null ? {} : { paths: () => null }),
          ...(stairs === null ? {} : { paths: uPlot.paths.stepped?.({ align: stairs }) as uPlot.Series.PathBuilder }),
        }),
      ),
    ],
    hooks: {
      drawAxes: [
        (chart) => drawMarks(chart, detail, marks, colour),
        (chart) => panel.rises !== null && drawSawTooth(chart, panel.rises, colour('--remaining')),
      ],
    },
  };
}

const FONT = '12px system-ui, sans-serif';

function tidy(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

/** The colours of the scheme that is shown, by their names in the style sheet. */
function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}
