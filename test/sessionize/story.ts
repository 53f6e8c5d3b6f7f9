import { audited, folderWith, type ReportedMigration } from '../running.ts';

/** An instance of the stories. */
export const VM = 'aaaaaaaa-0000-4000-8000-000000000001';
/** Another one. */
export const VM2 = 'bbbbbbbb-0000-4000-8000-000000000002';

/** A line of a host's log: second of the story, message, and what differs from an INFO line of the instance. */
export interface Said {
  readonly s: number;
  readonly message: string;
  readonly vm?: string | null;
  readonly level?: string;
  readonly request?: string;
  readonly logger?: string;
}

/** A line's text. */
export function lineOf({ s, message, vm = VM, level = 'INFO', request = '-', logger }: Said): string {
  const at = new Date(Date.UTC(2024, 4, 1, 9) + Math.round(s * 1000)).toISOString().replace('T', ' ').slice(0, 23);
  const name =
    logger ??
    (/Lifecycle|post_live|finished successfully|Post operation|Took /.test(message)
      ? 'nova.compute.manager'
      : 'nova.virt.libvirt.driver');
  return `${at} 7 ${level} ${name} [${request}] ${vm === null ? '' : `[instance: ${vm}] `}${message}\n`;
}

/** The migrations in the logs of the named hosts, as the report has them. */
export async function migrationsIn(
  hosts: Readonly<Record<string, readonly Said[]>>,
  flags: Parameters<typeof audited>[1] = {},
): Promise<readonly ReportedMigration[]> {
  const files = Object.entries(hosts).map(([host, said]) => [`${host}/nova-compute.log`, said.map(lineOf).join('')]);
  return (await audited([folderWith(Object.fromEntries(files))], flags)).migrations;
}

/** What tells one migration from another. */
export function gist({ instance, source_host, destination_host, outcome, started_at, ended_at }: ReportedMigration) {
  const second = (time: string | null) => (time === null ? null : (Date.parse(time) - Date.UTC(2024, 4, 1, 9)) / 1000);
  const vm = instance === VM ? 'VM' : 'VM2';
  return `${vm} ${source_host}>${destination_host} ${outcome} ${second(started_at)}..${second(ended_at)}`;
}

/** The gists of what the logs hold. */
export async function gistsIn(hosts: Readonly<Record<string, readonly Said[]>>): Promise<string[]> {
  return (await migrationsIn(hosts)).map(gist);
}

/** Says each message at its second. */
export function say(
  entries: readonly (readonly [number, string])[],
  more: Omit<Partial<Said>, 's' | 'message'> = {},
): Said[] {
  return entries.map(([s, message]) => ({ s, message, ...more }));
}

/** A progress line of upstream. */
export function progress(running: number): string {
  return `Migration running for ${running} secs, memory 50% remaining (bytes processed=${running * 100}, remaining=500, total=1000); disk 0% remaining (bytes processed=0, remaining=0, total=0).`;
}

/** The source's lines of a migration that completes, from second `s` on. */
export function moved(s: number, to: string, seconds = 40, more: Omit<Partial<Said>, 's' | 'message'> = {}): Said[] {
  const turns = Array.from({ length: Math.floor(seconds / 30) + 1 }, (_, turn) => turn * 30);
  return say(
    [
      [s, `Took 1.00 seconds for pre_live_migration on destination host ${to}.`],
      [s + 1, 'Increasing downtime to 50 ms after 0 sec elapsed time'],
      ...turns.map((turn) => [s + 1 + turn, progress(turn)] as const),
      [s + seconds - 1, 'VM Paused (Lifecycle Event)'],
      [s + seconds, 'Migration operation has completed'],
      [s + seconds, '_post_live_migration() is started..'],
      [s + seconds + 3, `Migrating instance to ${to} finished successfully.`],
      [s + seconds + 18, 'VM Stopped (Lifecycle Event)'],
    ],
    more,
  );
}

/** The destination's lines of the same migration. */
export function arrived(s: number, seconds = 40, vm = VM): Said[] {
  return say(
    [
      [s, 'VM Started (Lifecycle Event)'],
      [s + seconds - 0.9, 'VM Resumed (Lifecycle Event)'],
      [s + seconds + 2, 'Post operation of migration started'],
    ],
    { vm },
  );
}

/** The source's lines of one that a timeout aborts. */
export function timedOut(s: number, to: string, after = 60, repeats = 5): Said[] {
  return say([
    [s, `Took 1.00 seconds for pre_live_migration on destination host ${to}.`],
    [s + 1, progress(0)],
    [s + 31, progress(30)],
    ...Array.from(
      { length: repeats },
      (_, turn) => [s + after + 1 + turn / 2, `Live migration not completed after ${after} sec`] as const,
    ),
    [s + after + 1 + repeats / 2, 'Live Migration failure: operation aborted: migration out job: canceled by client'],
    [s + after + 1.5 + repeats / 2, 'Migration operation was cancelled'],
  ]);
}

/** Lines as one log has them. */
export function inTime(said: readonly Said[]): Said[] {
  return said.toSorted((a, b) => a.s - b.s);
}
