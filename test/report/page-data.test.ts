import { beforeAll, expect, test } from 'vitest';
import type { PageDetail } from '../../src/report/page-shapes.ts';
import { type Parts, partsOf } from '../page/parts.ts';
import { audited, logPath, type Reported } from '../running.ts';
import { called, ROOT } from '../scratch.ts';

const SAMPLES = ['sample-logs/stx-campaign-2018', 'sample-logs/upstream-campaign', 'sample-logs/upstream-rotated'];
let page: Parts;
let report: Reported & { tests: { id: string; status: string }[]; summary: Record<string, number> };
beforeAll(async () => {
  const { stdout } = await called(ROOT, ['audit', ...SAMPLES, '--quiet', '--format', 'html']);
  page = partsOf(stdout);
  report = (await audited(SAMPLES.map((path) => `${ROOT}/${path}`))) as typeof report;
});

function detail(id: string): PageDetail {
  const found = page.details.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no migration ${id}`);
  return found;
}

test('the page tells the same verdicts, outcomes and settings as the JSON report', () => {
  expect(page.details).toHaveLength(report.migrations.length);
  for (const migration of report.migrations) {
    const { verdicts, settings, outcome, duration_s } = detail(migration.id);
    expect({ outcome, duration_s }).toEqual({ outcome: migration.outcome, duration_s: migration.duration_s });
    expect(
      verdicts.map(({ rule, status, severity, message }) => [
        rule,
        status,
        severity,
        message.replaceAll(`${ROOT}/`, ''),
      ]),
    ).toEqual(
      migration.verdicts.map(({ rule, status, severity, message }) => [
        rule,
        status,
        severity,
        message.replaceAll(`${ROOT}/`, ''),
      ]),
    );
    for (const { key, value, origin } of settings.filter((setting) => setting.key in migration.settings)) {
      expect({ value, origin }, key).toMatchObject({
        value: migration.settings[key]?.value,
        origin: migration.settings[key]?.origin,
      });
    }
  }
});

test('every line of evidence of a verdict is there, with the lines of the migration around it', () => {
  for (const migration of report.migrations) {
    const { verdicts, lines } = detail(migration.id);
    for (const [at, { evidence }] of migration.verdicts.entries()) {
      const places = new Set(evidence.map(({ path, line }) => `${path.replace(`${ROOT}/`, '')}:${line}`));
      const told = new Set(verdicts[at]?.lines.map((place) => `${lines[place]?.path}:${lines[place]?.line}`));
      expect(told).toEqual(places);
    }
    const own = lines.filter(({ position }) => position !== null);
    expect(own.map(({ position }) => position)).toEqual(
      own.map(({ position }) => position).toSorted((a, b) => Number(a) - Number(b)),
    );
  }
});

test('the front counts what the report holds', () => {
  const { front, rows } = page;
  expect(front.summary).toEqual(report.summary);
  expect(front.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
  expect(front.certificate?.tests.map(({ id, status }) => [id, status])).toEqual(
    report.tests.map(({ id, status }) => [id, status]),
  );
  const failing = rows.filter((row) => row.failing.includes('outcome-unexpected')).map(({ id }) => id);
  expect(failing).toEqual(['17147019-20230307T132016']);
  expect(front.failing_rules.find(({ rule }) => rule === 'outcome-unexpected')).toMatchObject({
    migrations: 1,
    findings: 0,
    severity: 'error',
  });
  expect(front.failing_rules.map(({ severity }) => severity)).toEqual(
    front.failing_rules.map(({ severity }) => severity).toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
  );
});

const ORDER = ['error', 'warning', 'note'];

test('a host has the findings on its clock, settings and logs, and no other', () => {
  const { front } = page;
  const about = (host: string, rule: string) =>
    (front.hosts.find((each) => each.host === host)?.findings ?? [])
      .map((place) => front.findings[place])
      .filter((finding) => finding?.rule === rule);
  expect(about('compute-b', 'clock-skew').map((finding) => finding?.message)).toEqual([
    expect.stringContaining('the clock of compute-b is 0.9 s to 2.5 s ahead of that of compute-a'),
  ]);
  expect(about('compute-a', 'clock-skew')).toHaveLength(1);
  expect(
    about('compute-0', 'clock-skew')
      .map((finding) => finding?.message)
      .join(),
  ).not.toContain('compute-b');
  expect(about('compute-a', 'tunnel-not-slower')).toEqual([]);
});

test('the comparison holds the throughput of each migration that counts, by stratum and arm', async () => {
  const { stdout } = await called(ROOT, ['compare', 'tunnel', SAMPLES[0] ?? '', '--format', 'json', '--quiet']);
  const { strata } = JSON.parse(stdout) as { strata: { stratum: string; reading: string; groups: { n: number }[] }[] };
  for (const { stratum, reading, groups } of strata) {
    const shown = page.front.tunnel.strata.find((each) => each.stratum === stratum);
    expect(shown?.reading).toBe(reading);
    expect(shown?.arms.map(({ n, values }) => [n, values.length])).toEqual(groups.map(({ n }) => [n, n]));
  }
  expect(strata.length).toBeGreaterThan(1);
});

test('the course of a migration: readings, downtime steps, throttle, pause', () => {
  const converged = detail('c2b9546e-20180814T090022');
  expect(converged.readings.from).toBe('samples');
  expect(Math.max(...converged.throttle.map(({ percent }) => percent))).toBe(60);
  const timedOut = detail('17147019-20230307T132016');
  expect(timedOut.readings).toMatchObject({ from: 'log', total_bytes: 2164260864 });
  expect(timedOut.throttle).toEqual([]);
  expect(timedOut.downtime_steps.map(({ downtime_ms }) => downtime_ms)).toEqual([
    50, 95, 140, 185, 230, 275, 320, 365, 410, 455, 500,
  ]);
  expect(converged.pause).toEqual({ from_s: expect.closeTo(22.6, 1), to_s: expect.closeTo(22.7, 1), pause_ms: null });
  expect(timedOut.pause).toBeNull();
});

test('the pause is as long as the epochs say, where libvirt printed them', async () => {
  const log = logPath('real/05-juno-oslogmerger-merged.log');
  const { details } = partsOf((await called(ROOT, ['audit', log, '--quiet', '--format', 'html'])).stdout);
  expect(details.map(({ pause }) => pause?.pause_ms)).toEqual([70, 40]);
});
