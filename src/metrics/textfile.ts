import { renameSync, writeFileSync } from 'node:fs';

/** Writes metrics where node_exporter's textfile collector reads them; it never sees half a file. Throws what fails. */
export function writeTextfile(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o644 });
  renameSync(beside, path);
}
