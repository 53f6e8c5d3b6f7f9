/** What an event says about a live migration: where it stands in its life, and on which host it is logged. */
export type Role =
  /** On the source, before QEMU's job runs. */
  | 'opening'
  /** On the source, while nova's monitor watches the job. */
  | 'running'
  /** On the source, as the job or nova's work on it ends. */
  | 'ending'
  /** On the source, without an instance: joined by request id. */
  | 'decision'
  /** On the destination only. */
  | 'destination'
  /** On either host, and also where nothing migrates: never opens a migration. */
  | 'either';

/** The sessionizer's table: every event type that changes or accompanies a migration. Others are not part of one. */
export const ROLES: Readonly<Record<string, Role>> = {
  'pre-migration-done': 'opening',
  'monitor-started': 'opening',
  'job-invoked': 'opening',

  'downtime-step': 'running',
  'downtime-schedule': 'running',
  'downtime-not-applied': 'running',
  progress: 'running',
  'data-remaining': 'running',
  timeout: 'running',
  stuck: 'running',
  'postcopy-switch': 'running',
  'postcopy-failed': 'running',
  'postcopy-already': 'running',
  'pause-failed': 'running',
  'abort-failed': 'running',
  'unexpected-job-type': 'running',

  completed: 'ending',
  aborted: 'ending',
  cancelled: 'ending',
  failure: 'ending',
  finished: 'ending',
  'post-migration-started': 'ending',
  'post-migration-failed': 'ending',
  'pre-migration-failed': 'ending',
  'live-migration-failed': 'ending',
  'monitor-error': 'ending',
  'monitor-done': 'ending',
  'operation-finished': 'ending',
  'operation-notified': 'ending',
  'job-returned': 'ending',
  'job-type-fixed': 'ending',
  'source-domain-state': 'ending',
  'no-active-migration': 'ending',
  'resume-failed': 'ending',
  'post-method-failed': 'ending',
  'restart-in-migration': 'ending',
  'restart-abort-failed': 'ending',
  'abort-by-other': 'ending',
  'domain-not-found-notice': 'ending',

  'tunnel-enabled': 'decision',
  'auto-converge-disabled': 'decision',
  'migration-data': 'decision',
  'setting-ignored': 'decision',
  'setting-reverted': 'decision',

  'post-migration-at-destination': 'destination',
  'destination-error': 'destination',
  'rollback-at-destination': 'destination',

  lifecycle: 'either',
  'power-sync': 'either',
  'power-sync-pending': 'either',
  'power-sync-moved': 'either',
  'port-binding': 'either',
  'port-binding-late': 'either',
};

/** Ends after which nova does nothing more for the attempt but write its last lines. */
export const FINAL: ReadonlySet<string> = new Set([
  'completed',
  'aborted',
  'cancelled',
  'finished',
  'monitor-done',
  'live-migration-failed',
  'pre-migration-failed',
  'restart-in-migration',
]);

/** Said once an attempt: a second one is of another attempt. */
export const ONCE: ReadonlySet<string> = new Set([
  ...FINAL,
  'failure',
  'post-migration-started',
  'post-migration-failed',
]);

/** True for lines that only QEMU's job or nova's monitor of it writes. */
export function isAtWork(type: string): boolean {
  return ROLES[type] === 'running' || (ROLES[type] === 'opening' && type !== 'pre-migration-done');
}
