import { originOf } from './log-extent.ts';
import { addSource, firstEvents, headLengths, type SourceRow, similarSources, writeOrigin } from './store/facts.ts';
import type { Handle } from './store/open.ts';
import { hashesAt, recogniseFile, recogniseOlderCopy } from './tail/identity.ts';

/** The log's row, made where there is none; in one transaction, for two programs may begin with the same log at once. */
export function sourceFor(
  db: Handle,
  { path, host, head, headHash }: { path: string; host: string | null; head: Buffer; headHash: string },
): SourceRow {
  return db
    .transaction(() => {
      const identity = { headLength: head.length, headHash };
      const row =
        knownSource(db, path, host, head) ?? addSource(db, { kind: 'log', path, host, ...identity, ...UNREAD });
      const origin = originOf(head);
      if (origin !== null) writeOrigin(db, row.id, origin);
      return row;
    })
    .immediate();
}

/** The row of a log that was read before, under whatever name; one of which nothing is sure, for it was empty or damaged, has no more than its name. */
export function knownSource(db: Handle, path: string, host: string | null, head: Buffer): SourceRow | null {
  const hashes = [...hashesAt(head, headLengths(db)).values()];
  const known = similarSources(db, hashes, head.length, path);
  const match =
    recogniseFile(head, host, known) ??
    recogniseOlderCopy(head, host, known, ({ id }) => firstEvents(db, id, head.length)) ??
    known.find((row) => isUnread(row) && row.path === path);
  return known.find(({ id }) => id === match?.id) ?? null;
}

/** True of a log of which nothing was read, or nothing that is sure. */
export function isUnread({ checkpoint, bytes }: SourceRow): boolean {
  return checkpoint === 0 && bytes === 0;
}

/** The progress of a log of which nothing was read yet. */
export const UNREAD = {
  checkpoint: 0,
  checkpointLine: 1,
  bytes: 0,
  lines: 0,
  firstAt: null,
  lastAt: null,
  overlong: 0,
};
