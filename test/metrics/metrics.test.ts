import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { collectMetrics, publishMetrics } from '../../src/metrics/fleet.ts';
import { type Gauges, type Metrics, tailMetrics } from '../../src/metrics/metrics.ts';
import { loopbackAddress, serveMetrics } from '../../src/metrics/serve.ts';
import { writeTextfile } from '../../src/metrics/textfile.ts';
import type { Migration, Outcome } from '../../src/model.ts';
import { CATALOGUE } from '../../src/rules/index.ts';
import type { DerivedRow } from '../../src/store/derived-rows.ts';
import { isThere } from '../programs.ts';
import { novatrail, ROOT, scratch } from '../scratch.ts';

const NOTHING: Gauges = { lag_bytes: 0, lastLineAt: null, running: [], openFindings: {}, store_bytes: 0 };
const OUTCOMES: readonly Outcome[] = ['completed', 'timed-out', 'cancelled', 'failed', 'running'];

test('whatever happens on a node, it has at most 150 series, and none by instance', async () => {
  const metrics = worst();
  const series = seriesOf(await metrics.text());
  expect(series.length).toBeLessThanOrEqual(150);
  expect(series.join('\n')).not.toMatch(/instance|migration="|request|[0-9a-f]{8}-[0-9a-f]{4}/);
});

test('a migration counts once, however often it is derived again; what the store held before does not', async () => {
  const metrics = tailMetrics('1', 1, () => NOTHING);
  metrics.derived([row('old', 'completed')]);
  metrics.begin();
  metrics.derived([row('old', 'completed'), row('new', 'running')]);
  for (let turn = 0; turn < 3; turn += 1) metrics.derived([row('old', 'completed'), row('new', 'timed-out')]);
  const text = await metrics.text();
  expect(text).toContain('novatrail_migrations_finished_total{outcome="timed-out"} 1');
  expect(text).not.toContain('novatrail_migrations_finished_total{outcome="completed"}');
  expect(text).toContain('novatrail_migration_duration_seconds_sum{outcome="timed-out"} 20');
});

test('what is looked up is as it is now', async () => {
  let now = NOTHING;
  const metrics = tailMetrics('1', 1, () => now);
  now = {
    lag_bytes: 5,
    lastLineAt: 1500,
    running: [{ startedAt: 9000 }, { startedAt: 2000 }],
    openFindings: { error: 3 },
    store_bytes: 7,
  };
  const text = await metrics.text();
  for (const line of [
    'tail_lag_bytes 5',
    'tail_last_line_timestamp_seconds 1.5',
    'migrations_in_progress 2',
    'migration_oldest_start_timestamp_seconds 2',
    'findings_open{severity="error"} 3',
    'store_size_bytes 7',
  ])
    expect(text).toContain(`novatrail_${line}\n`);
});

describe('served', () => {
  test('on this machine only', () => {
    expect(loopbackAddress('127.0.0.1:9477')).toEqual({ host: '127.0.0.1', port: 9477 });
    expect(loopbackAddress('[::1]:1')).toEqual({ host: '::1', port: 1 });
    for (const wrong of ['0.0.0.0:9477', '10.0.0.1:1', ':9477', 'example.org:80', '127.0.0.1', '127.0.0.1:99999'])
      expect(() => loopbackAddress(wrong), wrong).toThrow(/host of this machine/);
  });

  test('metrics, health and readiness', async () => {
    const state = { alive: true, ready: false };
    const health = { alive: () => state.alive, ready: () => state.ready };
    const { at, close } = await serveMetrics({ host: '127.0.0.1', port: 0 }, worst(), health);
    onTestFinished(close);
    const status = async (path: string) => (await fetch(at + path)).status;
    expect(await (await fetch(`${at}/metrics`)).text()).toContain('novatrail_build_info{version="1",schema="1"} 1');
    expect([await status('/healthz'), await status('/readyz'), await status('/')]).toEqual([200, 503, 404]);
    state.ready = true;
    state.alive = false;
    expect([await status('/healthz'), await status('/readyz')]).toEqual([503, 200]);
  });

  test('to a file, which is never half there', () => {
    const folder = scratch({ 'novatrail.prom': 'old' });
    writeTextfile(join(folder, 'novatrail.prom'), 'new');
    expect(readdirSync(folder)).toEqual(['novatrail.prom']);
    expect(readFileSync(join(folder, 'novatrail.prom'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'novatrail.prom')).mode & 0o444).toBe(0o444);
  });
});

describe('contrib', () => {
  test('every query of the dashboard and of the alerts names a metric that exists', async () => {
    const known = new Set(
      [...(await everything()).matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name, type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const dashboard = readFileSync(join(ROOT, 'contrib/grafana-dashboard.json'), 'utf8');
    const alerts = readFileSync(join(ROOT, 'contrib/prometheus-alerts.yaml'), 'utf8');
    const queries = (JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] }).panels.flatMap(
      ({ targets }) => targets.map(({ expr }) => expr),
    );
    expect(queries.length).toBeGreaterThan(10);
    for (const query of queries) expect(query).toMatch(/novatrail_/);
    const named = [dashboard, alerts].flatMap((text) => text.match(/\bnovatrail_[a-z_]+/g) ?? []);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('promtool takes the alert rules', () => {
    if (!isThere('promtool', 'prometheus')) return;
    const told = execFileSync('promtool', ['check', 'rules', join(ROOT, 'contrib/prometheus-alerts.yaml')], {
      encoding: 'utf8',
    });
    expect(told).toMatch(/SUCCESS: \d+ rules found/);
  });

  test.each(['novatrail.service', 'novatrail-collect.service'])('systemd-analyze takes %s', (name) => {
    if (!isThere('systemd-analyze', 'systemd')) return;
    const unit = readFileSync(join(ROOT, 'contrib', name), 'utf8').replace('/usr/bin/novatrail', process.execPath);
    const folder = scratch({ [name]: unit });
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, name)], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each([
    ['novatrail.service', 'tail'],
    ['novatrail-collect.service', 'collect'],
  ])('%s starts %s with flags that there are', (name, command) => {
    const unit = readFileSync(join(ROOT, 'contrib', name), 'utf8');
    const [, words = ''] = /^ExecStart=\/usr\/bin\/novatrail (.*)$/m.exec(unit) ?? [];
    expect(words.split(' ')[0]).toBe(command);
    const help = novatrail(scratch(), [command, '--help']).stdout;
    for (const flag of words.match(/--[a-z-]+/g) ?? []) expect(help).toContain(flag);
  });
});

/** A tool of the system; on a user's machine it may be missing. */
function worst(): Metrics {
  const metrics = tailMetrics('1', 1, () => NOTHING);
  const count = publishMetrics(metrics.registry, () => ({ pending: 1, oldestAt: 1 }));
  for (const result of ['stored', 'duplicate', 'failed', 'dropped']) count(result, 1);
  metrics.begin();
  metrics.read(1, 1);
  for (const kind of ['rename', 'truncate', 'delete', 'replace']) metrics.rotated(kind);
  metrics.stored(
    [
      'downtime-step',
      'progress',
      'timeout',
      'stuck',
      'failure',
      'lifecycle',
      'completed',
      'aborted',
      'cancelled',
      'finished',
      'monitor-started',
      'monitor-done',
      'option',
      'x',
    ].map((type) => ({ type })),
    1,
    1,
  );
  for (const outcome of OUTCOMES)
    for (const tunnelled of [true, false, null])
      for (const status of ['fail', 'inconclusive'] as const)
        metrics.derived([row(`${outcome} ${tunnelled} ${status}`, outcome, tunnelled, status)]);
  return metrics;
}

/** What nodes and collectors tell. */
async function everything(): Promise<string> {
  const metrics = worst();
  collectMetrics(metrics.registry, () => 1)('stored', 1);
  return metrics.text();
}

function row(
  id: string,
  outcome: Outcome,
  tunnelled: boolean | null = null,
  status: 'fail' | 'inconclusive' = 'fail',
): DerivedRow {
  const observed = {
    max_step_ms: 100,
    last_step_s: 1,
    throughput_bytes_s: 1e8,
    dirty_ratio: 1,
    pause_ms: 1,
    throttle_percent: 1,
    tunnelled,
  };
  const verdicts = CATALOGUE.map(({ id: rule }) => ({
    rule,
    status,
    severity: 'error' as const,
    message: '',
    evidence: [],
  }));
  return {
    migration: { id, outcome, duration_s: 20, observed } as unknown as Migration,
    verdicts,
  } as unknown as DerivedRow;
}

function seriesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
