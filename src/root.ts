import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's own folder, with the grammars and the schema in it; the same from the sources and from what is built of them. */
export const ROOT = rootAbove(import.meta.dirname);

/** This program's version. */
export function versionOf(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Set where the program is built. */
declare const NOVATRAIL_BUILD: string | undefined;

/** A hash of the sources that the program was built of; null where it runs from them. */
export const BUILD: string | null = typeof NOVATRAIL_BUILD === 'string' ? NOVATRAIL_BUILD : null;

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder)
    throw new Error(`${import.meta.dirname}: no package.json in it nor above it; install novatrail again`);
  return rootAbove(above);
}
