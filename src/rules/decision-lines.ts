import type { Case } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';

/** What the fork's decision lines (which carry no instance, only a request id) say of a migration. */
export interface Decision {
  readonly line: StoredEvent | null;
  /** Null where the absence of the line proves that nova did not decide so; else why it proves nothing. */
  readonly silence: string | null;
}

/** Looks for a decision line, and whether its absence would mean anything: only in a whole log at INFO, by request id. */
export function decisionOf({ migration, coverage }: Case, type: string): Decision {
  const line = migration.timeline.find((event) => event.type === type) ?? null;
  if (migration.requestId === null)
    return { line, silence: 'no line of the migration carries a request id to join the line by' };
  if (!coverage.info) return { line, silence: 'the log holds no INFO record' };
  const opened = migration.timeline.some((event) => event.type === 'monitor-started');
  if (!coverage.complete || !opened) return { line, silence: 'the log does not cover the whole migration' };
  return { line, silence: null };
}
