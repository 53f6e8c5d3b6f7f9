/** What the lines of one made-up migration say; times in seconds after the log's beginning. */
export interface Told {
  readonly instance: string;
  readonly request: string;
  readonly from: number;
  /** Downtime steps, [elapsed s, ms]. */
  readonly steps?: readonly (readonly [number, number])[];
  /** Progress, [elapsed s, MiB processed, MiB remaining]. */
  readonly progress?: readonly (readonly [number, number, number])[];
  readonly tunnel?: boolean;
  /** Seconds in the timeout line, and how often it is repeated. */
  readonly timeout?: { readonly seconds: number; readonly lines: number };
  readonly lasts: number;
  readonly destination?: string;
}

const BEGIN = Date.UTC(2018, 6, 2, 14, 0, 0);

/** A UUID for tests. */
export function uuid(number: number): string {
  return `${number.toString(16).padStart(8, '0')}-1111-4222-8333-444444444444`;
}

/** The lines of a host's log that tell of these migrations (the fork's wording), in the order of time. */
export function logOf(migrations: readonly Told[]): string {
  const lines = migrations.flatMap(linesOf).sort((a, b) => a.at - b.at);
  return lines.map(({ text }) => `${text}\n`).join('');
}

/** One line of nova-compute's log. */
export function line(at: number, message: string, options: { logger?: string; level?: string } = {}): string {
  const stamp = new Date(BEGIN + at * 1000).toISOString().replace('T', ' ').replace('Z', '');
  return `${stamp} 2369 ${options.level ?? 'INFO'} ${options.logger ?? 'nova.virt.libvirt.driver'} ${message}`;
}

interface Timed {
  readonly at: number;
  readonly text: string;
}

function linesOf(told: Told): Timed[] {
  const { instance, request, from, steps = [], progress = [], timeout } = told;
  const context = `[${request} u1 p1 - default default]`;
  const said = (at: number, message: string, options = {}): Timed => ({
    at: from + at,
    text: line(from + at, `${context} [instance: ${instance}] ${message}`, options),
  });
  const decided = { at: from, text: line(from, `${context} libvirt_tunnel enabled for this migration`) };
  return [
    ...(told.tunnel ? [decided] : []),
    said(0, 'Starting monitoring of live migration'),
    ...steps.map(([at, ms]) =>
      said(at, `Increasing downtime to ${ms} ms after ${at} sec elapsed time`, {
        logger: 'nova.virt.libvirt.migration',
      }),
    ),
    ...progress.map(([at, done, left]) => said(at, progressMessage(at, done, left))),
    ...Array.from({ length: timeout?.lines ?? 0 }, (_, turn) =>
      said((timeout?.seconds ?? 0) + turn / 2, `Live migration not completed after ${timeout?.seconds} sec`, {
        logger: 'nova.virt.libvirt.migration',
        level: 'WARNING',
      }),
    ),
    ...ending(told, said),
  ];
}

function progressMessage(at: number, done: number, left: number): string {
  const amounts = `(${done} MiB processed, ${left} MiB remaining, 4096 MiB total)`;
  return `Migration running for ${at.toFixed(1)} secs; memory progress 50% ${amounts}; data progress 50% ${amounts}; memory bandwidth 100 MB/s;expected downtime 300 ms;since 0.0 seconds ago`;
}

function ending(told: Told, said: (at: number, message: string, options?: object) => Timed): Timed[] {
  if (told.timeout) return [said(told.lasts, 'Migration operation was cancelled', { level: 'WARNING' })];
  const finished = `Migrating instance to ${told.destination ?? 'compute-1'} finished successfully.`;
  return [
    said(told.lasts, 'Migration operation has completed'),
    said(told.lasts + 1, finished, { logger: 'nova.compute.manager' }),
    said(told.lasts + 1, 'Live migration monitoring is all done'),
  ];
}
