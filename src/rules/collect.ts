// What rules ask for in the same words, so that a report asks for it once.

/** The source's log as absence needs it. */
export const SOURCE_LOG =
  "the source host's log at INFO (upstream: DEBUG tells more), from 30 s before the migration to 60 s after it, rotated files too";

/** The same, and what should be in force. */
export const SOURCE_LOG_AND_SETTINGS = `${SOURCE_LOG}; nova.conf (defaults) and the instance (flavor, image, metadata; upstream: memory_mib) in the campaign file`;

/** Both ends of a migration. */
export const BOTH_LOGS =
  'the logs of both hosts at INFO, from 30 s before the migration to 60 s after it; tz: of each host in the campaign file, and clocks kept by NTP while tests run';

/** The running job. */
export const JOB_SAMPLES = 'virsh domjobinfo of the instance on the source host, once a second while it migrates';
