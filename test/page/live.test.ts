import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { pageHtml, policyOf } from '../../src/report/html.ts';
import { frontOf, rowOf } from '../../src/report/index.ts';
import { describeInBrowser } from '../browser.ts';
import { failing, reportOf } from '../report/sample-report.ts';

/** A server that answers as the dashboard does, with a report that can be exchanged. */
async function serving() {
  let report = await reportOf([]);
  const listeners: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const json = (value: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    const rows = report.migrations.map(rowOf);
    if (pathname === '/') {
      response.setHeader('content-security-policy', policyOf(null)).setHeader('content-type', 'text/html');
      response.end(pageHtml(frontOf(report), rows, null));
    } else if (pathname === '/api/v1/front') json(frontOf(report));
    else if (pathname === '/api/v1/rows') json(rows);
    else if (pathname === '/api/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':\n\n');
      listeners.push(response);
    } else response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    become: (next: typeof report) => {
      report = next;
      for (const listener of listeners) listener.write('data: changed\n\n');
    },
    listening: () => listeners.length,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

describeInBrowser('the pages of a server', (open) => {
  test('what changes appears without reload; what was typed and chosen stays', async () => {
    const server = await serving();
    try {
      const { page, wrong } = await open(server.address);
      await page.getByText('1 rule is broken.').waitFor();
      await page.getByRole('searchbox').fill('compute');
      await expect.poll(server.listening).toBe(1);
      await page.evaluate('globalThis.kept = true');
      server.become(await reportOf([failing('too long')]));
      await page.getByRole('row', { name: 'too-long' }).first().waitFor();
      expect(await page.getByRole('searchbox').inputValue()).toBe('compute');
      await page.keyboard.type('-0');
      expect(await page.getByRole('searchbox').inputValue()).toBe('compute-0');
      expect(await page.evaluate('globalThis.kept')).toBe(true);
      expect(wrong).toEqual([]);
    } finally {
      await server.close();
    }
  });

  test('a migration that the server does not know is said to be none, and a server that is gone too', async () => {
    const server = await serving();
    const { page } = await open(`${server.address}#/migration/nobody`);
    await page.getByRole('heading', { name: 'No such migration' }).waitFor();
    await server.close();
    await page.getByRole('link', { name: 'Hosts' }).click();
    await page.getByRole('alert').waitFor();
  });
});
