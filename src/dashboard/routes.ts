import type { Context } from 'hono';
import * as z from 'zod';
import { pageHtml } from '../report/html.ts';
import { type PageDetail, reportJsonParts } from '../report/index.ts';
import type { Board, Snapshot } from './board.ts';
import type { EventClients } from './events.ts';
import { FRONT } from './schemas/front.ts';
import { DETAIL, ROW } from './schemas/migration.ts';
import { REPORT } from './schemas/report.ts';

/** What the answers are made from. */
export interface Shown {
  readonly board: Board;
  readonly events: EventClients;
  /** Everything of one migration of a snapshot; null where there is none. Throws StoreError. */
  readonly detail: (snapshot: Snapshot, id: string) => PageDetail | null;
  /** As Prometheus reads them. */
  readonly metrics: () => Promise<string>;
}

/** One thing that can be asked for; its description for programs and for people is made from the same. */
export interface Route {
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly name: string;
  readonly about: string;
  readonly type: string;
  /** What the answer looks like; null where it is no JSON. */
  readonly schema: z.ZodType | null;
  /** Parts of the path. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly problems?: Readonly<Record<number, string>>;
  readonly answer: (context: Context, shown: Shown) => Response | Promise<Response>;
}

const JSON_TYPE = 'application/json';

/** Everything that can be asked for, but for the description of it. */
export const ROUTES: readonly Route[] = [
  {
    path: '/',
    name: 'page',
    about: 'the pages, for people',
    type: 'text/html',
    schema: null,
    answer: async (context, { board }) => {
      const { front, rows } = await board.snapshot();
      return context.html(pageHtml(front, rows, null));
    },
  },
  {
    path: '/api/v1/front',
    name: 'front',
    about: 'summary, certificate, failing rules, findings, hosts, the tunnel comparison',
    type: JSON_TYPE,
    schema: FRONT,
    answer: async (context, { board }) => context.json((await board.snapshot()).front),
  },
  {
    path: '/api/v1/rows',
    name: 'rows',
    about: 'every migration in short, in the order of their starts',
    type: JSON_TYPE,
    schema: z.array(ROW),
    answer: async (context, { board }) => context.json((await board.snapshot()).rows),
  },
  {
    path: '/api/v1/migrations/{id}',
    name: 'migration',
    about: 'one migration: its course, settings, verdicts with their lines, and what would have let it complete',
    type: JSON_TYPE,
    schema: DETAIL,
    parts: { id: 'of a migration, as in rows' },
    problems: { 404: 'there is no such migration' },
    answer: async (context, { board, detail }) => {
      const id = context.req.param('id') ?? '';
      const found = detail(await board.snapshot(), id);
      return found === null ? context.json({ error: `there is no migration ${id}` }, 404) : context.json(found);
    },
  },
  {
    path: '/api/v1/report',
    name: 'report',
    about: 'what novatrail audit --format json prints',
    type: JSON_TYPE,
    schema: REPORT,
    answer: async (context, { board }) => {
      const { report } = await board.snapshot();
      return context.body(streamOf(reportJsonParts(report)), 200, { 'content-type': JSON_TYPE });
    },
  },
  {
    path: '/api/v1/events',
    name: 'events',
    about: 'server-sent events: a message at once, and one whenever the store has changed',
    type: 'text/event-stream',
    schema: null,
    problems: { 503: 'too many wait already' },
    answer: async (context, { events }) => {
      const type = { 'content-type': 'text/event-stream' };
      if (context.req.method === 'HEAD') return context.body(null, 200, type);
      if (events.isFull) return context.json({ error: 'too many wait for changes already' }, 503);
      return context.body(await events.stream(), 200, type);
    },
  },
  {
    path: '/metrics',
    name: 'metrics',
    about: 'figures of the store, as Prometheus reads them',
    type: 'text/plain',
    schema: null,
    answer: async (context, { metrics }) =>
      context.body(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  },
];

/** So much (in characters) is sent at a time. */
const AT_ONCE = 256 * 1024;

/** Parts of a text, made as they are taken: who reads slowly has no more of it made than is read. */
function streamOf(parts: Iterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      let text = '';
      while (text.length < AT_ONCE) {
        const { value, done } = parts.next();
        if (!done) text += value;
        else {
          controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
      }
      controller.enqueue(encoder.encode(text));
    },
  });
}
