import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';

export interface GuardOptions {
  /** Names, besides addresses and `localhost`, by which the server is asked. */
  readonly names: readonly string[];
  /** What a client must know; null where everybody on this machine may look. */
  readonly token: string | null;
  /** What the page may do. */
  readonly policy: string;
}

/**
 * What every request passes first: only reading, only by an own name (a name of a stranger's that leads here is DNS rebinding),
 * only with the token where there is one. Every answer says that it is to be taken as what it is, and kept by nobody.
 */
export function guards({ names, token, policy }: GuardOptions): MiddlewareHandler[] {
  const headers = secureHeaders({ xFrameOptions: 'DENY', strictTransportSecurity: false });
  return [headers, keptByNobody(policy), onlyReading, ownName(names), ...(token === null ? [] : [withToken(token)])];
}

function keptByNobody(policy: string): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
    context.header('content-security-policy', `${policy}; frame-ancestors 'none'`);
  };
}

const onlyReading: MiddlewareHandler = async (context, next) => {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return next();
  return context.json({ error: 'the dashboard only reads: GET or HEAD' }, 405, { allow: 'GET, HEAD' });
};

function ownName(names: readonly string[]): MiddlewareHandler {
  const own = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return async (context, next) => {
    const [, name = ''] = /^\[?([^[\]/@]*?)\]?(?::\d+)?$/.exec(context.req.header('host') ?? '') ?? [];
    if (isIP(name) !== 0 || own.has(name.toLowerCase())) return next();
    return context.json({ error: 'this server is asked by its address, localhost or its own name only' }, 421);
  };
}

const COOKIE = 'novatrail';

function withToken(token: string): MiddlewareHandler {
  const kept = hashOf(`cookie ${token}`).toString('hex');
  return async (context, next) => {
    const [, bearer] = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
    if (isSame(bearer, token) || isSame(getCookie(context, COOKIE), kept)) return next();
    if (context.req.path === '/' && isSame(context.req.query('token'), token)) return withCookie(context, kept);
    const error = 'give the token: open /?token=TOKEN once, or send Authorization: Bearer TOKEN';
    return context.json({ error }, 401, { 'www-authenticate': 'Bearer realm="novatrail"' });
  };
}

/** Goes on to the page by itself, without the token in its address: a redirect from another site would leave the cookie behind. */
function withCookie(context: Context, kept: string): Response {
  setCookie(context, COOKIE, kept, { httpOnly: true, sameSite: 'Strict', path: '/' });
  return context.html('<!doctype html><meta http-equiv="refresh" content="0;url=/"><a href="/">the dashboard</a>');
}

/** In the same time whatever is different. */
function isSame(given: string | undefined, wanted: string): boolean {
  return given !== undefined && timingSafeEqual(hashOf(given), hashOf(wanted));
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
