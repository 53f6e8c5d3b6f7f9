import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { declaredBy } from '../../src/commands/shared.ts';
import type { WhatIf } from '../../src/explanation.ts';
import type { Case } from '../../src/judgement.ts';
import { Judge } from '../../src/judging.ts';
import { parseCampaign } from '../../src/settings/campaign.ts';
import { whatIf } from '../../src/statistics/what-if.ts';
import { instancesIn } from '../../src/store/facts.ts';
import { openStore } from '../../src/store/open.ts';
import { logPath, readInto } from '../running.ts';

/** What really happened: rate on the wire, rate at which the guest dirtied its memory, and how much of it again and again. */
interface Real {
  readonly instance: string;
  readonly outcome: string;
  readonly t_end: number;
  readonly bw_mib: number;
  readonly dirty_mib: number;
  readonly wss_mb: number;
  readonly max_downtime_ms: number;
  readonly auto_converge: boolean;
}

interface Told {
  readonly real: Real;
  readonly subject: Case;
  readonly answers: WhatIf;
}

const TRUTHS = readdirSync(logPath('genuine'), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.truth.json'))
  .sort();

describe('on the logs with the truth beside them', () => {
  const told: Told[] = [];
  beforeAll(async () => {
    for (const name of TRUTHS) told.push(...(await explained(name)));
  });

  test('the downtime it needed is given for most that ran out of time, and holds the figure nine times of ten', () => {
    const given = told.flatMap(({ real, subject, answers: { downtime_ms } }) => {
      return downtime_ms.kind === 'range' ? [{ real, subject, range: downtime_ms.range }] : [];
    });
    const held = given.filter(({ real, range }) => isIn((real.wss_mb / real.bw_mib) * 1000, range));
    expect(held.length / given.length).toBeGreaterThanOrEqual(0.9);
    const late = ({ subject }: { subject: Case }) => subject.migration.outcome === 'timed-out';
    expect(given.filter(late).length / told.filter(late).length).toBeGreaterThan(0.6);
    expect(given.length).toBeGreaterThan(told.length / 4);
    const widths = given.map(({ range }) => range.high / range.low).sort((a, b) => a - b);
    expect(widths[widths.length >> 1]).toBeLessThan(1.5);
  });

  test('no timeout is long enough where the limit in force was too low, and the guest was not throttled', () => {
    const none = told.filter(
      ({ subject, answers }) => subject.migration.outcome === 'timed-out' && answers.timeout_s.kind === 'none',
    );
    expect(none.length).toBeGreaterThan(10);
    for (const { real } of none) {
      expect(real.auto_converge).toBe(false);
      expect((real.wss_mb / real.bw_mib) * 1000).toBeGreaterThan(real.max_downtime_ms);
    }
  });

  test('with the declared rate the throttle it needed is given, and holds the figure nine times of ten', () => {
    const given = told.flatMap(({ real, answers: { throttle_percent } }) => {
      return throttle_percent.kind === 'range' ? [{ real, range: throttle_percent.range }] : [];
    });
    const held = given.filter(({ real, range }) => isIn(100 * (1 - real.bw_mib / real.dirty_mib), range));
    expect(given.length).toBeGreaterThan(50);
    expect(held.length / given.length).toBeGreaterThanOrEqual(0.9);
  });

  test('every answer says something, and shows lines where it gives a figure of what was seen', () => {
    for (const { answers } of told) {
      for (const { text } of Object.values(answers)) expect(text).toMatch(/^[A-Z0-9].*[.%]$/s);
      if (answers.downtime_ms.kind === 'range') expect(answers.downtime_ms.proofs.length).toBeGreaterThan(1);
    }
  });
});

function isIn(figure: number, { low, high }: { low: number; high: number }): boolean {
  return figure >= low && figure <= high;
}

async function explained(name: string): Promise<Told[]> {
  const truth = JSON.parse(readFileSync(logPath(`genuine/${name}`), 'utf8')) as {
    meta: { tz: string };
    migrations: Real[];
  };
  const db = openStore(null);
  try {
    await readInto(db, [pathOf(name)], truth.meta.tz);
    const judge = new Judge(db, declaredBy({}, parseCampaign(declaring(truth.migrations), 'c.yaml')));
    const cases = instancesIn(db).flatMap((instance) => judge.cases(instance));
    return truth.migrations.flatMap((real) => {
      const off = ({ migration }: Case) => Math.abs((migration.endedAt ?? 0) / 1000 - real.t_end);
      const [subject] = cases
        .filter(({ migration }) => migration.instance === real.instance)
        .sort((a, b) => off(a) - off(b));
      return subject === undefined ? [] : [{ real, subject, answers: whatIf(subject) }];
    });
  } finally {
    db.close();
  }
}

/** The log, or the folder of them, that a truth is about. */
function pathOf(name: string): string {
  if (name.includes('/')) return logPath(`genuine/${name.replace(/\/.*/, '')}`);
  const log = name.replace('.truth.json', '');
  const found = readdirSync(logPath('genuine')).find((each) => each === log || each === `${log}.gz`);
  return logPath(`genuine/${found}`);
}

/** A campaign file that declares how fast the guests write; JSON is YAML. */
function declaring(migrations: readonly Real[]): string {
  const instances = migrations.map(({ instance, dirty_mib }) => {
    return [instance, { id: instance, workload: { constant: true, cpu_bound: true, dirty_mib_s: dirty_mib } }];
  });
  return JSON.stringify({ novatrail: 1, instances: Object.fromEntries(instances) });
}
