/** The quantile q (0 to 1) of some values by linear interpolation between ranks (type 7, as R's and numpy's default). Throws RangeError without values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no value to take a quantile of');
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (place - Math.floor(place)) * (above - below);
}

/** The median. Throws RangeError without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
