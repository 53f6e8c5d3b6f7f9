import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { judgeAll } from '../../src/judging.ts';
import { NO_CAMPAIGN } from '../../src/settings/campaign.ts';
import { type Handle, openStore } from '../../src/store/open.ts';
import { viewNames } from '../../src/store/query.ts';
import { folderWith, logPath, readInto } from '../running.ts';

let db: Handle;
/** What the program asks of a store when it reads a log, reads it again and judges. */
let asked: string[];

beforeAll(async () => {
  const names = readdirSync(logPath('genuine/zed3')).filter((name) => name.endsWith('.log'));
  const folder = folderWith(
    Object.fromEntries(names.map((name) => [name, readFileSync(logPath(`genuine/zed3/${name}`))])),
  );
  db = openStore(null);
  const spy = vi.spyOn(db, 'prepare');
  for (let turn = 0; turn < 2; turn += 1)
    await readInto(
      db,
      names.map((name) => join(folder, name)),
      'UTC',
    );
  judgeAll(db, { campaign: NO_CAMPAIGN, set: {}, profile: null });
  judgeAll(db, { campaign: NO_CAMPAIGN, set: {}, profile: null });
  asked = [...new Set(spy.mock.calls.map(([sql]) => sql))];
  spy.mockRestore();
  db.exec('ANALYZE');
});

test('every index of the facts and of what is derived from them is used', () => {
  const indices = db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('events', 'unmatched', 'migrations')",
    )
    .pluck()
    .all() as string[];
  const plans = [...asked, ...viewNames(db).map((view) => `SELECT * FROM ${view}`)].flatMap(planOf);
  expect(indices.length).toBeGreaterThan(0);
  for (const index of indices)
    expect(
      plans.some((step) => step.includes(index)),
      index,
    ).toBe(true);
});

test('what is asked for each instance searches and scans nothing', () => {
  const perInstance = asked.filter((sql) => /instance = \?|request_id = \?|instance [<>]=? \?/.test(sql));
  expect(perInstance.length).toBeGreaterThan(2);
  for (const sql of perInstance)
    expect(
      planOf(sql).filter((step) => /^SCAN (?:e|events)\b/.test(step)),
      sql,
    ).toEqual([]);
});

test('as many statements are prepared for three logs, read and judged twice, as the program has', () => {
  expect(asked.length).toBeLessThan(60);
});

/** What is said of hosts, whatever migrates, is in all their events. */
const OF_HOSTS = new Set(['host_drift']);

test('no named query about migrations looks at every event', () => {
  for (const view of viewNames(db).filter((name) => !OF_HOSTS.has(name))) {
    const scans = planOf(`SELECT * FROM ${view}`).filter((step) => /^SCAN (?:e|events)\b/.test(step));
    expect(scans, view).toEqual([]);
  }
});

function planOf(sql: string): string[] {
  const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null]));
  const places = (sql.match(/\?/g) ?? []).map(() => null);
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`);
  const rows = Object.keys(parameters).length > 0 ? plan.all(parameters) : plan.all(...places);
  return (rows as { detail: string }[]).map(({ detail }) => detail);
}
