// Lines that are JSON objects: oslo's JSONFormatter and FluentFormatter, the journal, docker, and collectors that wrap a line.

import type { Stamp } from '../model.ts';
import { type ParsedHeader, parseHeader } from './header.ts';
import { percentFormat } from './percent-format.ts';

/** What a JSON line stands for: a record of its own, or a text that another program wrapped. */
export type JsonLine =
  | { readonly kind: 'record'; readonly header: ParsedHeader; readonly detail: readonly string[] }
  | {
      readonly kind: 'wrapped';
      readonly text: string;
      readonly stamp: Stamp;
      readonly host: string | null;
      readonly tag: string | null;
    };

type Fields = Readonly<Record<string, unknown>>;

/** Reads a line that is a JSON object; null where it is none, or none that holds a text. Never throws. */
export function readJson(text: string): JsonLine | null {
  const fields = parsed(text);
  if (fields === null) return null;
  if ('MESSAGE' in fields) return journal(fields);
  if (isString(fields.log) && (isString(fields.stream) || isString(fields.time))) return docker(fields.log, fields);
  if (isString(fields.name) && isString(fields.levelname)) return osloJson(fields);
  if (isString(fields.name) && isString(fields.level) && isString(fields.message)) return fluent(fields);
  return wrapped(fields);
}

/** The text of a journal's message, which is an array of bytes where it holds unprintable characters such as colours. */
export function journalMessage(value: unknown): string | null {
  if (isString(value)) return value;
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)) return null;
  return new TextDecoder().decode(Uint8Array.from(value as number[]));
}

/** The object that a line holds; null where the line is not one JSON object. */
export function parsed(text: string): Fields | null {
  const object = text.trim();
  if (!object.startsWith('{') || !object.endsWith('}')) return null;
  try {
    return fieldsOf(JSON.parse(object));
  } catch {
    return null;
  }
}

function osloJson(fields: Fields): JsonLine | null {
  const message = isString(fields.msg)
    ? (percentFormat(fields.msg, withoutRepr(fields.args)) ?? fields.message)
    : fields.message;
  if (!isString(message)) return null;
  const created = typeof fields.created === 'number' ? { epoch_ms: fields.created * 1000 } : null;
  return record(
    fields,
    message,
    isString(fields.levelname) ? fields.levelname : null,
    created ?? printed(fields.asctime),
  );
}

function fluent(fields: Fields): JsonLine | null {
  const own = 'funcname' in fields || 'process_name' in fields || 'lineno' in fields;
  if (!own || !isString(fields.message)) return wrapped(fields);
  const message = withoutSummary(fields.message, fields.error_summary);
  return record(fields, message, isString(fields.level) ? fields.level : null, printed(fields.time));
}

function record(fields: Fields, message: string, level: string | null, stamp: Stamp): JsonLine {
  const [first = '', ...rest] = message.split(/\r?\n/);
  const context = fieldsOf(fields.context);
  const named = /^\[instance: ([0-9a-fA-F-]{36})\] ?/.exec(first);
  const header: ParsedHeader = {
    stamp,
    host: string(fields.hostname),
    level,
    logger: string(fields.name),
    pid: typeof fields.process === 'number' ? fields.process : null,
    requestId: string(context?.request_id),
    instance: instanceOf(fieldsOf(fields.extra)) ?? named?.[1] ?? null,
    message: (named === null ? first : first.slice(named[0].length)).trimEnd(),
    tag: null,
    exception: false,
  };
  return { kind: 'record', header, detail: [...rest, ...traceback(fields.traceback)] };
}

function instanceOf(extra: Fields | null): string | null {
  const whole = extra?.instance;
  const uuid = string(fieldsOf(whole)?.uuid) ?? string(extra?.instance_uuid) ?? string(whole);
  return uuid === null ? null : (/[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/.exec(uuid)?.[0] ?? null);
}

function traceback(value: unknown): string[] {
  const lines = isString(value) ? [value] : Array.isArray(value) ? value.filter(isString) : [];
  const split = lines.flatMap((line) => line.split(/\r?\n/)).filter((line) => line !== '');
  return split.length === 0 || split[0]?.startsWith('Traceback')
    ? split
    : ['Traceback (most recent call last):', ...split];
}

/** An exception among the arguments is written as its repr; the message holds its str. */
function withoutRepr(args: unknown): unknown {
  const one = (value: unknown) => {
    const match = isString(value)
      ? /^[A-Za-z_][\w.]*\((?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"),?\)$/s.exec(value)
      : null;
    const inner = match?.[1] ?? match?.[2];
    return inner === undefined
      ? value
      : inner.replace(/\\(.)/gs, (_, char) => (char === 'n' ? '\n' : char === 't' ? '\t' : char));
  };
  if (Array.isArray(args)) return args.map(one);
  const named = fieldsOf(args);
  return named === null ? args : Object.fromEntries(Object.entries(named).map(([key, value]) => [key, one(value)]));
}

function withoutSummary(message: string, summary: unknown): string {
  const end = isString(summary) && summary !== '' ? `: ${summary}` : '';
  return end !== '' && message.endsWith(end) ? message.slice(0, -end.length) : message;
}

function journal(fields: Fields): JsonLine | null {
  const text = journalMessage(fields.MESSAGE);
  if (text === null) return null;
  const host = string(fields._HOSTNAME);
  const pid = integer(fields._PID);
  const name = string(fields.SYSLOG_IDENTIFIER) ?? string(fields._COMM);
  const tag = name === null ? null : `${name}[${pid ?? ''}]`;
  const micros = Number(string(fields.__REALTIME_TIMESTAMP) ?? Number.NaN);
  const stamp = Number.isFinite(micros) ? { epoch_ms: micros / 1000 } : null;
  const logger = string(fields.LOGGER_NAME);
  if (logger === null || parseHeader(text.split('\n', 1)[0] ?? '') !== null)
    return { kind: 'wrapped', text, stamp, host, tag };
  const level = string(fields.LOGGER_LEVEL) ?? PRIORITIES[integer(fields.PRIORITY) ?? -1] ?? null;
  const more = {
    name: logger,
    hostname: host,
    process: pid,
    context: { request_id: fields.REQUEST_ID },
    traceback: fields.EXCEPTION_TEXT,
  };
  const line = record({ ...more }, text, level, stamp);
  return line.kind === 'record' ? { ...line, header: { ...line.header, tag } } : line;
}

const PRIORITIES = ['CRITICAL', 'CRITICAL', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'INFO', 'DEBUG'];

function docker(log: string, fields: Fields): JsonLine {
  return {
    kind: 'wrapped',
    text: log.replace(/\r?\n$/, ''),
    stamp: printed(fields.time),
    host: hostOf(fields),
    tag: null,
  };
}

function wrapped(fields: Fields): JsonLine | null {
  const text = [fields.body, fields.message, fields.msg, fields.log].find(isString);
  if (text === undefined) return null;
  const stamp = printed(fields['@timestamp'] ?? fields.timestamp ?? fields.time);
  return { kind: 'wrapped', text: text.replace(/\r?\n$/, ''), stamp, host: hostOf(fields), tag: string(fields.tag) };
}

function hostOf(fields: Fields): string | null {
  const host = fieldsOf(fields.host);
  const named = string(fields.hostname) ?? string(fields.host) ?? string(host?.hostname) ?? string(host?.name);
  return named ?? string(fieldsOf(fields.kubernetes)?.host);
}

/** A printed time, by the same grammar that reads it in front of a line. */
function printed(value: unknown): Stamp {
  return isString(value) && value.length < 64 ? (parseHeader(`${value} INFO x [-] x`)?.stamp ?? null) : null;
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function string(value: unknown): string | null {
  return isString(value) && value !== '' ? value : null;
}

function integer(value: unknown): number | null {
  const number = isString(value) && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
