import type uPlot from 'uplot';

/** Draws the only line of a chart: dotted to the points before which a pass ended, for what lay between was not seen. */
export function drawSawTooth(chart: uPlot, rises: readonly number[], colour: string): void {
  const { ctx, bbox, data } = chart;
  const [times, values = []] = data as [number[], number[]];
  const points = times.map((time, at): [x: number, y: number] => {
    return [chart.valToPos(time, 'x', true), chart.valToPos(values[at] ?? 0, 'y', true)];
  });
  const unseen = new Set(rises);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = `${colour}1c`;
  ctx.lineWidth = 2 * (ctx.canvas.width / ctx.canvas.clientWidth || 1);
  for (const [at, [x, y]] of points.entries()) {
    const before = points[at - 1];
    if (before === undefined) continue;
    ctx.beginPath();
    ctx.moveTo(before[0], before[1]);
    ctx.lineTo(x, y);
    ctx.setLineDash(unseen.has(at) ? [ctx.lineWidth, 2 * ctx.lineWidth] : []);
    ctx.stroke();
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.lineTo(before[0], bbox.top + bbox.height);
    ctx.fill();
  }
  ctx.restore();
}
