import { Applier } from '../../src/fleet/apply.ts';
import { decode, type Message } from '../../src/fleet/message.ts';
import type { Handle } from '../../src/store/open.ts';

/** A message on its way, as it travels. */
export interface Sent {
  readonly node: string;
  readonly id: string;
  readonly data: string;
}

/** Stores messages in batches of so many, each a transaction. Gives how many brought something new. */
export function applied(store: Handle, sent: readonly Sent[], batch = 7): number {
  const applier = new Applier(store, null);
  let changed = 0;
  for (let first = 0; first < sent.length; first += batch) {
    store
      .transaction(() => {
        for (const { node, data } of sent.slice(first, first + batch))
          if (applier.apply(node, decode(data) as Message) !== null) changed += 1;
      })
      .immediate();
  }
  return changed;
}

/** Everything that is known of logs, whatever numbers the store gave them; the row of a log without a dated line says nothing. */
export function known(store: Handle) {
  const all = (sql: string) => store.prepare(sql).all();
  const of = 'JOIN sources s ON s.id = t.source';
  return {
    sources: all(
      `SELECT kind, path, host, head_length, head_sha256, checkpoint, checkpoint_line, bytes, lines, first_at_ms, last_at_ms,
         overlong FROM sources WHERE first_at_ms IS NOT NULL ORDER BY path, head_sha256, bytes`,
    ),
    events: records(store, 'events'),
    unmatched: records(store, 'unmatched'),
    samples: records(store, 'samples'),
    quiet: all(
      `SELECT path, quiet_until_ms FROM generations t ${of} WHERE quiet_until_ms IS NOT NULL ORDER BY path, bytes`,
    ),
    lost: all(
      `SELECT path, from_offset, to_offset, reason, after_ms, before_ms FROM lost_ranges t ${of} ORDER BY path, from_offset, bytes`,
    ),
    domains: all(`SELECT path, domain, t.instance FROM domains t ${of} ORDER BY path, domain`),
  };
}

function records(store: Handle, table: string) {
  const rows = store
    .prepare(`SELECT s.path, t.* FROM ${table} t JOIN sources s ON s.id = t.source ORDER BY path, offset, t.text`)
    .all() as { source: number }[];
  return rows.map(({ source: _, ...row }) => row);
}
