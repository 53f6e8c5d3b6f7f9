// How rotated logs are named: `.log.2.gz`, `.log.1`, `.log`; `.log-20240501.gz`; oslo.log's and logrotate's ways.

/** Where a file stands in its set: `age` counts rotations (0 is the one being written), `date` orders those named by date. */
export interface Rotation {
  readonly set: string;
  readonly age: number;
  readonly date: string;
}

/** The set and the place in it that a path names. */
export function rotationOf(path: string): Rotation {
  const bare = path.replace(/\.(?:gz|zst|zstd|bz2|xz)$/i, '');
  const numbered = /^(.*)\.(\d{1,4})$/.exec(bare);
  if (numbered) return { set: numbered[1] ?? '', age: Number(numbered[2]), date: '' };
  const dated = /^(.*?)[.-](\d{4}-?\d{2}-?\d{2}[\d_:T-]*)$/.exec(bare);
  if (dated) return { set: dated[1] ?? '', age: 1, date: dated[2] ?? '' };
  return { set: bare, age: 0, date: '' };
}

/** Puts files of one set together, the oldest first. */
export function byAge(a: string, b: string): number {
  const [x, y] = [rotationOf(a), rotationOf(b)];
  if (x.set !== y.set) return x.set < y.set ? -1 : 1;
  if (x.age !== y.age) return y.age - x.age;
  return x.date === y.date ? 0 : x.date < y.date ? -1 : 1;
}
