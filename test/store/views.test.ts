import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { viewNames } from '../../src/store/query.ts';
import { logOf, type Told, uuid } from '../sample-log.ts';
import { ingestInto, remove, rows, scratch, temporary } from '../scratch.ts';

const MIB = 1_048_576;
const BEGIN = '2018-07-02T14:0';

/** Sent at a steady rate: after 1 s nothing, 30 s later `sent` MiB. */
function steady(number: number, sent: number, tunnel: boolean): Told {
  const progress = [
    [1, 0, 4096],
    [31, sent, 4096 - sent],
  ] as const;
  return { instance: uuid(number), request: `req-${number}`, from: number * 100, lasts: 40, tunnel, progress };
}

const busy: Told = {
  instance: uuid(1),
  request: 'req-1',
  from: 60,
  lasts: 75,
  steps: [
    [0, 50],
    [12, 95],
  ],
  // 90 MiB/s sent while 40 MiB/s net go, so 50 MiB/s are dirtied; then 100 sent, 10 more remain: 110 dirtied.
  progress: [
    [1, 0, 4000],
    [31, 2700, 2800],
    [61, 5700, 3100],
  ],
};
const late: Told = {
  instance: uuid(2),
  request: 'req-2',
  from: 200,
  lasts: 152,
  timeout: { seconds: 150, lines: 3 },
};

describe('one busy migration, and one that ran into its timeout', () => {
  const store = storeOf([busy, late]);

  test('migration_overview tells times in text, and what failed', () => {
    expect(
      store(
        'SELECT id, source_host, destination_host, outcome, started_at, ended_at, duration_s FROM migration_overview',
      ),
    ).toEqual([
      {
        id: '00000001-20180702T140100',
        source_host: 'compute-0',
        destination_host: 'compute-1',
        outcome: 'completed',
        started_at: `${BEGIN}1:00.000Z`,
        ended_at: `${BEGIN}2:16.000Z`,
        duration_s: 76,
      },
      {
        id: '00000002-20180702T140320',
        source_host: 'compute-0',
        destination_host: null,
        outcome: 'timed-out',
        started_at: `${BEGIN}3:20.000Z`,
        ended_at: `${BEGIN}5:52.000Z`,
        duration_s: 152,
      },
    ]);
  });

  test('migration_intervals has the rates between two progress lines', () => {
    expect(
      store('SELECT from_at, to_at, wire_bytes_s, dirty_bytes_s, remaining_growth_bytes FROM migration_intervals'),
    ).toEqual([
      {
        from_at: `${BEGIN}1:01.000Z`,
        to_at: `${BEGIN}1:31.000Z`,
        wire_bytes_s: 90 * MIB,
        dirty_bytes_s: 50 * MIB,
        remaining_growth_bytes: -1200 * MIB,
      },
      {
        from_at: `${BEGIN}1:31.000Z`,
        to_at: `${BEGIN}2:01.000Z`,
        wire_bytes_s: 100 * MIB,
        dirty_bytes_s: 110 * MIB,
        remaining_growth_bytes: 300 * MIB,
      },
    ]);
  });

  test('migration_throughput has the median of the intervals, one row a migration', () => {
    expect(store('SELECT instance, tunnelled, intervals, throughput_mib_s FROM migration_throughput')).toEqual([
      { instance: uuid(1), tunnelled: 0, intervals: 2, throughput_mib_s: 95 },
    ]);
    expect(store('SELECT throughput_mib_s FROM migration_overview')).toEqual([
      { throughput_mib_s: 95 },
      { throughput_mib_s: null },
    ]);
  });

  test('downtime_steps lists them with their lines', () => {
    expect(store('SELECT instance, at, elapsed_s, downtime_ms, line FROM downtime_steps')).toEqual([
      { instance: uuid(1), at: `${BEGIN}1:00.000Z`, elapsed_s: 0, downtime_ms: 50, line: 2 },
      { instance: uuid(1), at: `${BEGIN}1:12.000Z`, elapsed_s: 12, downtime_ms: 95, line: 4 },
    ]);
  });

  test('timeouts has a repeated line once, and says how often', () => {
    expect(store('SELECT instance, timeout_s, lines, first_at, outcome FROM timeouts')).toEqual([
      { instance: uuid(2), timeout_s: 150, lines: 3, first_at: `${BEGIN}5:50.000Z`, outcome: 'timed-out' },
    ]);
  });

  test('effective_settings has what was in force for each migration', () => {
    const settings = store("SELECT instance, value, origin, declared FROM effective_settings WHERE name = 'timeout_s'");
    expect(settings).toEqual([
      { instance: uuid(1), value: '180', origin: 'default', declared: 0 },
      { instance: uuid(2), value: '150', origin: 'log', declared: 0 },
    ]);
  });

  test('rule_summary counts what verdicts and findings hold', () => {
    const counted = store(
      `SELECT rule, sum(status = 'pass') AS pass, sum(status = 'fail') AS fail, sum(status = 'inconclusive') AS inconclusive,
         sum(status = 'not-applicable') AS not_applicable FROM (SELECT rule, status FROM verdicts UNION ALL SELECT rule, status FROM findings) GROUP BY rule ORDER BY rule`,
    );
    const summary = store('SELECT * FROM rule_summary ORDER BY rule').map(
      ({ severity: _severity, ...counts }) => counts,
    );
    expect(summary).toEqual(counted);
    expect(summary.length).toBeGreaterThan(5);
  });
});

describe('tunnelled and direct migrations', () => {
  // Over 30 s: direct 10, 20, 30, 40, 100 MiB/s; tunnelled 4 and 8 MiB/s.
  const direct = [300, 600, 900, 1200, 3000].map((sent, index) => steady(10 + index, sent, false));
  const tunnelled = [120, 240].map((sent, index) => steady(20 + index, sent, true));
  const store = storeOf([...direct, ...tunnelled]);

  test('tunnel_stats has counts, medians and deciles over migrations', () => {
    const [off, on] = store('SELECT * FROM tunnel_stats ORDER BY tunnelled');
    // Ranks 0 to 4: the 10th percentile lies at 0.4, 10 + 0.4 x 10; the 90th at 3.6, 40 + 0.6 x 60.
    expect(off).toEqual({
      tunnelled: 0,
      migrations: 5,
      p10_bytes_s: expect.closeTo(14 * MIB, 1),
      median_bytes_s: 30 * MIB,
      p90_bytes_s: expect.closeTo(76 * MIB, 1),
    });
    expect(on).toEqual({
      tunnelled: 1,
      migrations: 2,
      p10_bytes_s: expect.closeTo(4.4 * MIB, 1),
      median_bytes_s: 6 * MIB,
      p90_bytes_s: expect.closeTo(7.6 * MIB, 1),
    });
  });

  test('tunnel_comparison is the answer in one line', () => {
    expect(store('SELECT * FROM tunnel_comparison')).toEqual([
      {
        tunnelled_migrations: 2,
        direct_migrations: 5,
        tunnelled_median_mib_s: 6,
        direct_median_mib_s: 30,
        ratio: 0.2,
      },
    ]);
  });
});

describe('what logs rarely say', () => {
  test('an empty store answers every view', () => {
    const path = join(scratch(), 'a.db');
    const db = openStore(path);
    const views = viewNames(db);
    expect(views.length).toBeGreaterThan(8);
    for (const view of views) {
      const found = db.prepare(`SELECT * FROM ${view}`).all();
      expect(found, view).toHaveLength(view === 'tunnel_comparison' ? 1 : 0);
    }
    db.close();
  });

  test('the text of every millisecond is that of the number', () => {
    const path = join(scratch(), 'a.db');
    const db = openStore(path);
    const add = db.prepare(
      "INSERT INTO migrations (id, instance, started_at_ms, outcome, profile) VALUES (?, 'i', ?, 'running', 'upstream')",
    );
    const times = Array.from({ length: 1000 }, (_, ms) => Date.UTC(2024, 1, 29, 23, 59, 59) + ms);
    db.transaction(() => {
      for (const [index, time] of times.entries()) add.run(String(index), time);
    })();
    expect(db.prepare('SELECT started_at FROM migration_overview').pluck().all()).toEqual(
      times.map((time) => new Date(time).toISOString()),
    );
    db.close();
  });

  test('rule_summary names the gravest severity that a rule was given', () => {
    const path = join(scratch(), 'a.db');
    openStore(path).close();
    const db = new Database(path);
    const verdict = db.prepare("INSERT INTO verdicts VALUES (?, ?, 'fail', ?, 'why', '[]')");
    const migration = db.prepare(
      "INSERT INTO migrations (id, instance, outcome, profile) VALUES (?, 'i', 'running', 'upstream')",
    );
    for (const id of ['a', 'b']) migration.run(id);
    for (const [id, rule, severity] of [
      ['a', 'one', 'warning'],
      ['b', 'one', 'error'],
      ['a', 'two', 'note'],
      ['b', 'two', 'warning'],
    ])
      verdict.run(id, rule, severity);
    db.close();
    expect(rows(path, 'SELECT rule, severity, fail FROM rule_summary')).toEqual([
      { rule: 'one', severity: 'error', fail: 2 },
      { rule: 'two', severity: 'warning', fail: 2 },
    ]);
    expect(rows(path, 'SELECT failed FROM migration_overview ORDER BY id')).toEqual([
      { failed: 'one, two' },
      { failed: 'one, two' },
    ]);
  });
});

/** A store of these migrations, made before the tests, and asked by SQL. */
function storeOf(migrations: readonly Told[]): (sql: string) => Record<string, unknown>[] {
  let path = '';
  beforeAll(async () => {
    const folder = temporary({ 'compute-0/nova-compute.log': logOf(migrations) });
    path = join(folder, 'a.db');
    await ingestInto(path, folder);
    return () => remove(folder);
  });
  return (sql) => rows(path, sql);
}
