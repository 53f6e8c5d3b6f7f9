import { rotationOf } from './rotation.ts';

/** A file of a rotated set that is not there: the name it would have, and its neighbours that are (older, newer). */
export interface MissingFile {
  readonly path: string;
  readonly older: string;
  readonly newer: string;
}

/** The files that are missing between others of their rotated sets, by number: between `.log.3` and `.log.1` that is `.log.2`. */
export function missingFiles(paths: readonly string[]): MissingFile[] {
  const sets = Map.groupBy(paths, (path) => rotationOf(path).set);
  return [...sets].flatMap(([set, files]) => {
    const numbered = files.filter((path) => rotationOf(path).date === '');
    const byAge = numbered.toSorted((a, b) => rotationOf(b).age - rotationOf(a).age);
    return byAge.flatMap((older, index) => {
      const newer = byAge[index + 1];
      if (newer === undefined) return [];
      const [from, to] = [rotationOf(older).age, rotationOf(newer).age];
      const ages = Array.from({ length: Math.max(0, from - to - 1) }, (_, step) => from - 1 - step);
      return ages.map((age) => ({ path: `${set}.${age}${packing(older)}`, older, newer }));
    });
  });
}

/** logrotate packs from some age on: what is older than a packed file is packed as well, what is newer need not be. */
function packing(older: string): string {
  return /\.(?:gz|zst|zstd|bz2|xz)$/i.exec(older)?.[0] ?? '';
}
