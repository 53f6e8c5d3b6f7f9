import { expect, test } from 'vitest';
import * as z from 'zod';
import type { PageRow } from '../../src/report/index.ts';
import { audited } from '../running.ts';
import { asking, shownIn, storeOf } from './rig.ts';

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<string, { get: { responses: Record<string, { content: Record<string, { schema?: object }> }> } }>
  >;
}

const SAMPLES = ['stx-campaign-2018', 'upstream-two-hosts', 'stx-auto-converge-and-tunnel', 'stx-unfinished'];

test.each(SAMPLES)('every answer is as the description says: %s', async (sample) => {
  const { db, campaign } = await storeOf(sample);
  const { shown } = await shownIn(db, { campaign });
  const ask = asking(shown);
  const { openapi, paths } = (await (await ask('/api/v1/openapi.json')).json()) as Description;
  expect(openapi).toBe('3.1.0');
  const rows = (await (await ask('/api/v1/rows')).json()) as PageRow[];
  expect(rows.length).toBeGreaterThan(0);
  for (const [path, { get }] of Object.entries(paths)) {
    const [[type, { schema }]] = Object.entries(get.responses[200]?.content ?? {}) as [[string, { schema?: object }]];
    for (const id of path.includes('{id}') ? rows.map((row) => row.id) : ['']) {
      const answer = await ask(path.replace('{id}', encodeURIComponent(id)));
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining(type),
      ]);
      if (type === 'text/event-stream') await answer.body?.cancel();
      else if (schema !== undefined) expect(problemsOf(schema, await answer.json()), `${path} ${id}`).toBe('');
      else expect(await answer.text()).not.toBe('');
    }
  }
});

function problemsOf(schema: object, value: unknown): string {
  const { error } = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  return error === undefined ? '' : z.prettifyError(error);
}

test('the description knows every path, and its schemas take nothing else', async () => {
  const { db, campaign } = await storeOf('stx-unfinished');
  const { shown } = await shownIn(db, { campaign });
  const ask = asking(shown);
  const { paths } = (await (await ask('/api/v1/openapi.json')).json()) as Description;
  expect(Object.keys(paths)).toEqual([
    '/',
    '/api/v1/front',
    '/api/v1/rows',
    '/api/v1/migrations/{id}',
    '/api/v1/report',
    '/api/v1/events',
    '/metrics',
    '/api/v1/openapi.json',
  ]);
  const schema = paths['/api/v1/front']?.get.responses[200]?.content['application/json']?.schema as object;
  const front = (await (await ask('/api/v1/front')).json()) as object;
  expect(problemsOf(schema, front)).toBe('');
  expect(problemsOf(schema, { ...front, secret: 1 })).toContain('secret');
  expect(problemsOf(schema, { ...front, summary: {} })).toContain('summary');
});

test('the report is what an audit prints', async () => {
  const { db, campaign } = await storeOf('stx-campaign-2018');
  const { shown } = await shownIn(db, { campaign });
  const report = await (await asking(shown)('/api/v1/report')).json();
  expect(report).toEqual(await audited([], { db, campaign }));
});

test('what is not there is told in JSON, and leads to no file', async () => {
  const { db, campaign } = await storeOf('stx-unfinished');
  const { shown, warnings } = await shownIn(db, { campaign });
  const ask = asking(shown);
  for (const path of ['/nope', '/api/v1/', '/..%2f..%2fetc/passwd', '/%00', '/api/v1/migrations/', '//etc/passwd']) {
    const answer = await ask(path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(await answer.json()).toEqual({ error: expect.stringContaining('/api/v1/openapi.json') });
  }
  const answer = await ask(`/api/v1/migrations/${encodeURIComponent('../<script>')}`);
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({ error: 'there is no migration ../<script>' });
  expect(warnings).toEqual([]);
});

test('metrics tell of the store, never of one migration', async () => {
  const { db, campaign } = await storeOf('stx-unfinished');
  const { shown } = await shownIn(db, { campaign });
  const text = await (await asking(shown)('/metrics')).text();
  expect(text).toContain('novatrail_migrations_stored{outcome="running"} 2\n');
  expect(text).toContain('novatrail_migrations_in_progress 2\n');
  expect(text).toMatch(/novatrail_findings_open\{severity="error"\} [1-9]\n/);
  expect(text).toMatch(/novatrail_store_size_bytes [1-9]\d+\n/);
  expect(text).not.toContain('c338b4d9');
});
