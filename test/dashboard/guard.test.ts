import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { listening, shownIn, storeOf } from './rig.ts';

const TOKEN = '0123456789abcdef-token';

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Two dashboards of one store: for this machine, and for others, with a token. */
async function dashboards(): Promise<{ at: string; secured: string }> {
  const { shown } = await shownIn((await storeOf('stx-unfinished')).db);
  const { at } = await listening(shown);
  const { at: secured } = await listening(shown, { token: TOKEN, names: ['Dash.example', '0.0.0.0'] });
  return { at, secured };
}

/** Asks as any program could, headers as they are given. */
function asked(url: string, how: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((answered, fails) => {
    const asking = request(url, how, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => answered({ status: response.statusCode, headers: response.headers, text }));
    });
    asking.on('error', fails);
    asking.end();
  });
}

describe('the name by which it is asked', () => {
  test.each(['127.0.0.1:9480', 'localhost', 'LOCALHOST:1', '[::1]:9480', '192.0.2.7', '10.0.0.1:80'])(
    '%s is its own',
    async (host) => {
      const { at } = await dashboards();
      expect(await asked(`${at}/api/v1/rows`, { headers: { host } })).toMatchObject({ status: 200 });
    },
  );

  test.each(['evil.example', 'evil.example:9480', 'localhost.evil.example', '127.0.0.1.evil.example', 'a@127.0.0.1'])(
    '%j is a stranger',
    async (host) => {
      const { at } = await dashboards();
      for (const path of ['/', '/api/v1/rows', '/metrics', '/nope']) {
        const answer = await asked(at + path, { headers: { host } });
        expect([400, 421]).toContain(answer.status);
        expect(answer.text).not.toContain('c338b4d9');
      }
    },
  );

  test('its own name counts where it listens for others', async () => {
    const { secured } = await dashboards();
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await asked(`${secured}/metrics`, { headers: { ...headers, host: 'dash.example:9480' } })).status).toBe(
      200,
    );
    expect((await asked(`${secured}/metrics`, { headers: { ...headers, host: 'other.example' } })).status).toBe(421);
  });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
  const { at } = await dashboards();
  for (const path of ['/', '/api/v1/rows', '/nope']) {
    const answer = await asked(at + path, { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  }
});

test('HEAD gives what GET does, without a body, and holds nothing open', async () => {
  const { at } = await dashboards();
  for (const path of ['/', '/api/v1/rows', '/api/v1/events', '/metrics']) {
    expect(await asked(at + path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  }
});

test('every answer is kept by nobody, framed by nobody, and is what it says', async () => {
  const { at } = await dashboards();
  for (const path of ['/', '/api/v1/front', '/api/v1/migrations/none', '/metrics', '/nope']) {
    const { headers } = await asked(at + path);
    expect(headers, path).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  }
});

describe('with a token', () => {
  test('nothing is told without it, nor with another', async () => {
    const { secured } = await dashboards();
    const wrong = [
      {},
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: TOKEN },
      { cookie: `novatrail=${TOKEN}` },
    ];
    for (const path of [
      '/',
      '/api/v1/rows',
      '/api/v1/openapi.json',
      '/metrics',
      '/nope',
      `/api/v1/rows?token=${TOKEN}`,
      '/?token=x',
    ]) {
      for (const headers of wrong) {
        const answer = await asked(secured + path, { headers: headers as Record<string, string> });
        expect(answer, path).toMatchObject({
          status: 401,
          headers: { 'www-authenticate': expect.stringContaining('Bearer') },
        });
        expect(answer.headers['set-cookie']).toBeUndefined();
        expect(answer.text).toContain('give the token');
      }
    }
  });

  test('it comes as a header', async () => {
    const { secured } = await dashboards();
    const answer = await asked(`${secured}/api/v1/rows`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(200);
  });

  test('or once in the address of the page, which leaves a cookie that no script and no other site has', async () => {
    const { secured } = await dashboards();
    const first = await asked(`${secured}/?token=${TOKEN}`);
    expect(first.status).toBe(200);
    expect(first.text).not.toContain(TOKEN);
    const [cookie = ''] = first.headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^novatrail=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
    const kept = { cookie: cookie.split(';')[0] as string };
    expect((await asked(`${secured}/`, { headers: kept })).text).toContain('<main');
    expect((await asked(`${secured}/api/v1/rows`, { headers: kept })).status).toBe(200);
  });
});
