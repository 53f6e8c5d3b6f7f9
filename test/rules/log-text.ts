import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { declaredBy, readOptions, type SharedFlags } from '../../src/commands/shared.ts';
import { ingestLogs } from '../../src/ingest.ts';
import { ingestSamples, type SampleFile } from '../../src/ingest-samples.ts';
import type { JudgedMigration } from '../../src/judgement.ts';
import { byStart, judgeAll } from '../../src/judging.ts';
import type { Verdict } from '../../src/model.ts';
import { NO_CAMPAIGN, parseCampaign } from '../../src/settings/campaign.ts';
import { openStore } from '../../src/store/open.ts';
import { discoverLogs } from '../../src/tail/discover.ts';

/** The instance and the request of the short lines. */
export const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';
export const OTHER_VM = '85fbc058-0195-4061-8a53-2551fffc3436';
const REQUEST = 'req-59082551-1600-414a-89ae-e9cf6b978d7d';

/** What an audit is given: text by file (`compute-0`: that host's nova-compute.log, `./nova-compute.log`: of a host that nothing names), a campaign file's text, flags. */
export interface Given {
  readonly logs: Readonly<Record<string, string>>;
  /** Files of samples of the instance, by path: `compute-0/jobs.txt` is of that host. */
  readonly samples?: Readonly<Record<string, string>> | undefined;
  readonly campaign?: string | undefined;
  readonly flags?: SharedFlags | undefined;
}

/** Reads the logs and judges them as an audit does. */
export async function judgeLogs(
  given: Given,
): Promise<{ migrations: JudgedMigration[]; findings: readonly Verdict[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'novatrail-rules-'));
  const db = openStore(null);
  try {
    for (const [name, text] of Object.entries(given.logs)) write(folder, name, text);
    const campaign = given.campaign === undefined ? NO_CAMPAIGN : parseCampaign(given.campaign, 'campaign.yaml');
    const options = await readOptions(given.flags ?? {}, campaign, join(folder, 'campaign.yaml'));
    const reading = { ...options, storePath: '', progress: () => {} };
    const found = discoverLogs([folder]).map((log) => (dirname(log.path) === folder ? { ...log, host: null } : log));
    await ingestLogs(db, found, reading);
    for (const [name, text] of Object.entries(given.samples ?? {})) write(folder, name, text);
    const problems = await ingestSamples(
      db,
      Object.keys(given.samples ?? {}).map((name) => sampleFile(folder, name)),
      reading,
    );
    if (problems.length > 0) throw problems[0];
    const migrations: JudgedMigration[] = [];
    const each = (judged: JudgedMigration) => migrations.push(judged);
    const { findings } = judgeAll(db, await declaredBy(given.flags ?? {}, campaign), { each });
    return { migrations: migrations.sort(byStart), findings };
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
}

/** The verdict of one rule on the only migration of the logs. */
export async function verdictOn(rule: string, given: Given): Promise<Verdict> {
  const { migrations } = await judgeLogs(given);
  if (migrations.length !== 1) throw new Error(`${migrations.length} migrations in the logs, not one`);
  const verdict = migrations[0]?.verdicts.find((each) => each.rule === rule);
  if (!verdict) throw new Error(`no verdict of ${rule}`);
  return verdict;
}

/** What one rule finds in files, hosts and declared settings. */
export async function findingsOf(rule: string, given: Given): Promise<Verdict[]> {
  return (await judgeLogs(given)).findings.filter((finding) => finding.rule === rule);
}

/** A campaign file that declares the instance under a profile; JSON is YAML. */
export function declaring(
  profile: 'stx-2018' | 'upstream' | null,
  instance: Record<string, unknown> | null,
  defaults: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    novatrail: 1,
    ...(profile === null ? {} : { profile }),
    defaults,
    instances: instance === null ? {} : { vm: { id: VM, ...instance } },
  });
}

const SHORT = /^(\d\d:\d\d:\d\d)(\.\d{3})? ([A-Z]+) ([\w.]+)(\(no instance\))?: (.*)$/;
const LOGGERS: Readonly<Record<string, string>> = {
  driver: 'nova.virt.libvirt.driver',
  migration: 'nova.virt.libvirt.migration',
  manager: 'nova.compute.manager',
};

/** nova's own lines from short ones: `10:00:05 INFO driver: message`; what is not short stays as it is. */
export function nova(text: string, of: { instance?: string; request?: string } = {}): string {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const context =
    of.request ?? `${REQUEST} c975637b06c046b3b17ec0b2db35f3e8 2faa4b99766143de9c8527f163dc0a72 - default default`;
  return lines
    .map((line) => {
      const [, time, ms = '.000', level, logger = '', bare, message] = SHORT.exec(line) ?? [];
      if (time === undefined) return `${line}\n`;
      const instance = bare === undefined ? `[instance: ${of.instance ?? VM}] ` : '';
      return `2018-07-02 ${time}${ms} 23695 ${level} ${LOGGERS[logger] ?? logger} [${context}] ${instance}${message}\n`;
    })
    .join('');
}

/** The same between lines of other work, so that the log covers the whole migration (from 10:00 to before 10:28). */
export function covered(text: string, of: { instance?: string; request?: string } = {}): string {
  const other = (time: string) =>
    nova(`${time} INFO manager: Instance spawned successfully.`, { instance: OTHER_VM, request: '-' });
  return other('09:59:00') + nova(text, of) + other('10:30:00');
}

/** The same lines from a log that prints no times. */
export function withoutTimes(log: string): string {
  return log.replace(/^2018-07-02 \S+ 23695 /gm, '');
}

/** The fork's progress message. */
export function forkProgress(seconds: number): string {
  return (
    `Migration running for ${seconds.toFixed(1)} secs; memory progress 40% (1600 MiB processed, 900 MiB remaining, 4112 MiB total); ` +
    'data progress 40% (1600 MiB processed, 900 MiB remaining, 4112 MiB total); memory bandwidth 110 MB/s;expected downtime 300 ms;since 0.0 seconds ago'
  );
}

/** Upstream's progress message since Train. */
export function progress(seconds: number): string {
  return (
    `Migration running for ${Math.floor(seconds)} secs, memory 22% remaining (bytes processed=1677721600, remaining=943718400, total=4311744512); ` +
    'disk 0% remaining (bytes processed=0, remaining=0, total=0).'
  );
}

/** Upstream's progress message, with what was sent and what remains of 512 MiB (in MiB). */
export function sending(seconds: number, sent_mib: number, remaining_mib: number): string {
  const [sent, remaining] = [sent_mib, remaining_mib].map((mib) => Math.round(mib * 2 ** 20));
  return (
    `Migration running for ${Math.floor(seconds)} secs, memory 22% remaining (bytes processed=${sent}, remaining=${remaining}, total=537403392); ` +
    'disk 0% remaining (bytes processed=0, remaining=0, total=0).'
  );
}

/** The time of a short line so many seconds after 10:00. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2018, 6, 2, 10) + seconds * 1000).toISOString().slice(11, 23);
}

/** Downtime lines `[after, limit]`, each half a second after its mark: short lines. */
export function stepLines(...steps: readonly (readonly [after: number, limit: number])[]): string {
  return steps
    .map(
      ([after, ms]) =>
        `${at(after + 0.5)} INFO migration: Increasing downtime to ${ms} ms after ${after} sec elapsed time`,
    )
    .join('\n');
}

/** A migration that begins at 10:00, with nova's progress line every 30 s for so many seconds: short lines. */
export function running(seconds: number, message = forkProgress): string {
  const turns = Array.from({ length: Math.floor(seconds / 30) + 1 }, (_, turn) => turn * 30 + 0.5);
  const opening = `10:00:00 ${message === forkProgress ? 'INFO' : 'DEBUG'} driver: Starting monitoring of live migration`;
  return [opening, ...turns.map((turn) => `${at(turn)} INFO driver: ${message(turn)}`)].join('\n');
}

/** The lines of a completed migration from 10:00 to `seconds` later: on the source, and on the destination. */
export function handOver(seconds: number, to: string, message = forkProgress): { source: string; destination: string } {
  return {
    source: `${running(seconds - 1, message)}
      ${at(seconds)} INFO driver: Migration operation has completed
      ${at(seconds)} INFO manager: _post_live_migration() is started..
      ${at(seconds + 2)} INFO manager: Migrating instance to ${to} finished successfully.`,
    destination: `${at(seconds - 0.5)} INFO manager: VM Resumed (Lifecycle Event)
      ${at(seconds + 1)} INFO manager: Post operation of migration started`,
  };
}

function sampleFile(folder: string, name: string): SampleFile {
  return { path: join(folder, name), named: true, instance: VM, host: name.split('/')[0] ?? null, date: null };
}

function write(folder: string, name: string, text: string): void {
  const path = join(folder, name.includes('/') ? name : `${name}/nova-compute.log`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
