// npm run bench -- [--size MIB] [--runs N] [--keep] [SCENARIO...]: measures and writes RESULTS.md.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installed } from './programs.ts';
import { type Asked, type Result, SCENARIOS } from './scenarios.ts';
import { resultsText } from './text.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: '1024' }, runs: { type: 'string', default: '5' } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(SCENARIOS);
const unknown = wanted.filter((name) => !Object.hasOwn(SCENARIOS, name));
if (unknown.length > 0)
  throw new Error(`no scenario ${unknown.join(', ')}; there are ${Object.keys(SCENARIOS).join(', ')}`);

const results = new Map<string, Result>();
for (const name of wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'novatrail-bench-'));
  try {
    const asked: Asked = { folder, mib: Number(values.size), runs: Number(values.runs) };
    const result = await SCENARIOS[name]?.(asked);
    if (result !== undefined) results.set(name, result);
    process.stdout.write(`${resultsText([...results.values()].slice(-1), [])}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
if (positionals.length === 0) {
  const folder = mkdtempSync(join(tmpdir(), 'novatrail-bench-'));
  const path = join(import.meta.dirname, 'RESULTS.md');
  const head = readFileSync(join(import.meta.dirname, 'HEAD.md'), 'utf8');
  writeFileSync(path, `${head}\n${resultsText([...results.values()], installed(folder))}`);
  rmSync(folder, { recursive: true });
}
