import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isThere } from '../programs.ts';
import { called, ROOT, rows, scratch } from '../scratch.ts';

test("Debian's own sqlite3 opens a store and answers every view as novatrail does", async () => {
  if (!isThere('sqlite3', 'sqlite3')) return;
  const folder = scratch();
  const db = join(folder, 'run.db');
  const campaign = join(ROOT, 'sample-logs/stx-campaign-2018');
  await called(folder, ['audit', campaign, '--db', db, '--quiet']);
  const views = rows(db, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").map(({ name }) => name);
  expect(views).toContain('host_drift');
  for (const view of views) {
    const told = execFileSync('sqlite3', ['-json', '-readonly', db, `SELECT * FROM ${view}`], { encoding: 'utf8' });
    expect(told === '' ? [] : JSON.parse(told), String(view)).toEqual(rows(db, `SELECT * FROM ${view}`));
  }
});
