import { renameSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { JudgedStore, type JudgedStoreOptions } from '../../src/dashboard/judged-store.ts';
import { parseCampaign } from '../../src/settings/campaign.ts';
import { openReadOnly } from '../../src/store/open.ts';
import { append } from '../faults/writer.ts';
import { follow, placesIn } from '../follow-rig.ts';
import { logOf, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';
import { asking, shownIn, storeOf } from './rig.ts';

const CAMPAIGN = `novatrail: 1
profile: stx-2018
instances:
  vm:
    id: ${uuid(1)}
    flavor: { "hw:wrs:live_migration_timeout": "150", "hw:wrs:live_migration_max_downtime": "100" }
`;
const declared = { campaign: parseCampaign(CAMPAIGN, 'campaign.yaml'), set: {}, profile: 'stx-2018' as const };
const LINES = logOf([
  { instance: uuid(1), request: 'req-1', from: 60, lasts: 300, steps: [[0, 500]], progress: [[1, 0, 4096]] },
  { instance: uuid(2), request: 'req-2', from: 100, lasts: 30, steps: [[0, 50]] },
  { instance: uuid(1), request: 'req-3', from: 900, lasts: 40, steps: [[0, 100]] },
])
  .trimEnd()
  .split('\n');

function judgedStore(path: string, options: Partial<JudgedStoreOptions> = {}): JudgedStore {
  const db = openReadOnly(path);
  onTestFinished(() => {
    db.close();
  });
  return new JudgedStore({ db, path, declared: null, pause: async () => {}, ...options });
}

test('a store that a tail writes to is judged as the tail did, as if it were judged for the first time', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const rig = await follow(db, [log], { declared });
  const going = judgedStore(db);
  for (const line of LINES) {
    append(log, [line]);
    rig.pass(30);
    const judged = await going.judge();
    expect(judged).toEqual(await judgedStore(db).judge());
    const told = judged.migrations.flatMap(({ migration, verdicts }) =>
      verdicts.map(({ rule, status, message }) => ({ migration: migration.id, rule, status, message })),
    );
    const stored = rows(db, 'SELECT migration, rule, status, message FROM verdicts');
    expect(new Set(told.map((each) => JSON.stringify(each)))).toEqual(
      new Set(stored.map((each) => JSON.stringify(each))),
    );
  }
  const { migrations } = await going.judge();
  expect(migrations.map(({ migration }) => migration.outcome)).toEqual(['completed', 'completed', 'completed']);
  expect(migrations[0]?.verdicts).toContainEqual(expect.objectContaining({ rule: 'timeout-missed', status: 'fail' }));
});

test('a log that is found under another name is so in the proofs', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': LINES.map((line) => `${line}\n`).join('') }));
  const rig = await follow(db, [`${log}*`], { declared });
  rig.look();
  const store = judgedStore(db);
  const pathsIn = async () => {
    const { migrations } = await store.judge();
    return new Set(
      migrations.flatMap(({ verdicts }) => verdicts.flatMap(({ evidence }) => evidence.map(({ path }) => path))),
    );
  };
  expect(await pathsIn()).toEqual(new Set([log]));
  renameSync(log, `${log}.1`);
  rig.pass(30);
  expect(await pathsIn()).toEqual(new Set([`${log}.1`]));
});

test('what is declared now counts over what was', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': LINES.map((line) => `${line}\n`).join('') }));
  (await follow(db, [log])).look();
  const overLimit = async (store: JudgedStore) =>
    (await store.judge()).migrations.map(({ verdicts }) =>
      verdicts.some(({ rule, status }) => rule === 'downtime-over-limit' && status === 'fail'),
    );
  expect(await overLimit(judgedStore(db))).toEqual([false, false, false]);
  expect(await overLimit(judgedStore(db, { declared }))).toEqual([true, false, false]);
});

test('what is written while it is judged is seen the next time', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': LINES.map((line) => `${line}\n`).join('') }));
  const rig = await follow(db, [log]);
  rig.look();
  const more = logOf([{ instance: uuid(3), request: 'req-4', from: 2000, lasts: 5 }])
    .trimEnd()
    .split('\n');
  let pauses = 0;
  const store = judgedStore(db, {
    pause: async () => {
      pauses += 1;
      if (pauses > 1) return;
      append(log, more);
      rig.look();
    },
  });
  expect((await store.judge()).migrations).toHaveLength(3);
  expect((await store.judge()).migrations).toHaveLength(4);
});

test('a migration whose lines are gone is shown with its result, and so is its page', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': LINES.map((line) => `${line}\n`).join('') }));
  const rig = await follow(db, [log], { declared });
  rig.look();
  rig.pass(70);
  const before = (await judgedStore(db).judge()).migrations;
  while (rig.tail.prune({ eventsSince: Date.UTC(2018, 6, 2, 14, 10), migrationsSince: null }));
  expect(rows(db, 'SELECT count(*) AS n FROM archived')).toEqual([{ n: 2 }]);
  const { shown } = await shownIn(db);
  const ask = asking(shown);
  const { report } = await shown.board.snapshot();
  const kept = (all: typeof before) =>
    all.map(({ migration, verdicts, lines }) => [migration.id, migration.outcome, verdicts, lines]);
  expect(kept(report.migrations)).toEqual(kept(before));
  for (const { migration } of before) {
    const page = (await (await ask(`/api/v1/migrations/${migration.id}`)).json()) as { verdicts: { rule: string }[] };
    expect(page).toMatchObject({ id: migration.id, outcome: 'completed', duration_s: migration.duration_s });
    expect(page.verdicts.length).toBeGreaterThan(10);
  }
});

test('findings of settings come from the store where no campaign is declared now', async () => {
  const { db, campaign } = await storeOf('stx-conflicting-settings');
  const failing = async (flags: { campaign?: string }) => {
    const { shown } = await shownIn(db, flags);
    const { report } = await shown.board.snapshot();
    return report.findings.filter(({ status }) => status === 'fail').map(({ rule, message }) => `${rule} ${message}`);
  };
  const declaredNow = await failing({ campaign });
  expect(declaredNow.length).toBeGreaterThan(0);
  expect((await failing({})).toSorted()).toEqual(declaredNow.toSorted());
});
