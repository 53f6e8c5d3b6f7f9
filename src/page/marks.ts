import type uPlot from 'uplot';
import type { PageDetail } from '../report/page-shapes.ts';
import { deadlineOf } from './panels.ts';

/** Something that happened at one moment. `number`: how the chart calls it. */
export interface Mark {
  readonly number: number;
  readonly at_s: number;
  readonly text: string;
}

/** What has a line of its own in a chart. */
const SERIES: ReadonlySet<string> = new Set(['progress', 'downtime-step', 'downtime-schedule']);

/** The moments of a migration that no line of a chart shows. */
export function marksOf({ moments }: PageDetail): Mark[] {
  const told = moments.filter(({ type, from_s }) => !SERIES.has(type) && from_s !== null);
  return told.map(({ from_s, text }, at) => ({ number: at + 1, at_s: from_s as number, text }));
}

/** Draws the pause, the deadline and the marks behind the lines of a chart; marks that would lie on each other get one label. */
export function drawMarks(
  chart: uPlot,
  detail: PageDetail,
  marks: readonly Mark[],
  colour: (name: string) => string,
): void {
  const { ctx, bbox } = chart;
  const x = (seconds: number) => chart.valToPos(seconds, 'x', true);
  ctx.save();
  ctx.font = `${11 * uPlotRatio(chart)}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  if (detail.pause !== null) {
    const [from, to] = [x(detail.pause.from_s), x(detail.pause.to_s)];
    ctx.fillStyle = colour('--pause');
    ctx.fillRect(from, bbox.top, Math.max(3 * uPlotRatio(chart), to - from), bbox.height);
  }
  for (const { at_s } of marksOf(detail)) rule(chart, x(at_s), colour('--grid'), []);
  const deadline = deadlineOf(detail);
  const last = chart.scales.x?.max ?? 0;
  if (deadline !== null && deadline <= last) rule(chart, x(deadline), colour('--limit'), [6, 4]);
  ctx.fillStyle = colour('--quiet');
  for (const { at, label } of labelsOf(marks, x, 32 * uPlotRatio(chart))) {
    ctx.fillText(label, at, bbox.top - 8 * uPlotRatio(chart));
  }
  ctx.restore();
}

function uPlotRatio({ ctx }: uPlot): number {
  return ctx.canvas.width / ctx.canvas.clientWidth || 1;
}

function rule({ ctx, bbox }: uPlot, at: number, colour: string, dash: number[]): void {
  const whole = Math.round(at) + 0.5;
  ctx.beginPath();
  ctx.setLineDash(dash);
  ctx.strokeStyle = colour;
  ctx.lineWidth = dash.length > 0 ? 2 : 1;
  ctx.moveTo(whole, bbox.top);
  ctx.lineTo(whole, bbox.top + bbox.height);
  ctx.stroke();
}

/** `3`, or `5–9` for marks that are no further apart than a label is wide. */
function labelsOf(
  marks: readonly Mark[],
  x: (seconds: number) => number,
  width: number,
): { at: number; label: string }[] {
  const groups: Mark[][] = [];
  for (const mark of marks.toSorted((a, b) => a.at_s - b.at_s || a.number - b.number)) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group && first && x(mark.at_s) - x(first.at_s) < width) group.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => {
    const [first, last] = [group[0] as Mark, group.at(-1) as Mark];
    const label = group.length === 1 ? `${first.number}` : `${first.number}–${last.number}`;
    return { at: (x(first.at_s) + x(last.at_s)) / 2, label };
  });
}
