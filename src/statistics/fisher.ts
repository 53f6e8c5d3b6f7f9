/** How often something happened in one group. */
export interface Count {
  readonly yes: number;
  readonly no: number;
}

/** Fisher's exact test, one-sided: the chance that `a` has as many yes as it has, or more, where both groups are alike. */
export function fisherGreater(a: Count, b: Count): number {
  const [rowA, rowB, yes] = [a.yes + a.no, b.yes + b.no, a.yes + b.yes];
  const all = logChoose(rowA + rowB, yes);
  let p = 0;
  for (let k = a.yes; k <= Math.min(rowA, yes); k += 1) {
    if (yes - k <= rowB) p += Math.exp(logChoose(rowA, k) + logChoose(rowB, yes - k) - all);
  }
  return Math.min(1, p);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log(n - k + i) - Math.log(i);
  return sum;
}
