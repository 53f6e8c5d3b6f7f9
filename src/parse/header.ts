// From a line to its header: takes off what terminals, Markdown and debug formats add, then asks the grammar.

import type { Header, Stamp } from '../model.ts';
import { commonHeader, type HeaderParts } from './common-header.ts';
import * as grammar from './generated/header.js';
import { type PegParser, takeAll } from './run-parser.ts';

/** A header with what assembling needs besides: which stream the line belongs to, and whether it is a traceback's line. */
export interface ParsedHeader extends Header {
  /** Syslog's `tag[pid]` or a container's name; null where the line has none. */
  readonly tag: string | null;
  /** True for a line of a traceback: a header at ERROR, TRACE or CRITICAL without a context bracket. */
  readonly exception: boolean;
}

/** What a collector put in front of a text that has no header of its own. */
export interface Outer {
  readonly stamp: Stamp;
  readonly host: string | null;
  readonly tag: string | null;
  readonly message: string;
}

/** Longest header looked for; what follows it can only be message, and is never walked by the grammar. */
const HEAD = 1024;
const MAYBE_HEADER =
  /(?:^|[\s:\]])(?:DEBUG|INFO|AUDIT|WARN|WARNING|ERROR|CRITICAL|TRACE|EXCEPTION) |: (?:debug|info|warning|error) : |: QEMU_MONITOR_/;
const MAYBE_OUTER = /^[^"]{0,300}?(?:\]: |[a-z]: ?|> ?|\| |^<\d+>1 |\] )/;
const COLOUR = /(?:\x1b|#033|\^\[)\[[0-9;]*[A-Za-z]/g;
const MARKDOWN = /\\\[(?:-|instance|req-|None)/;
const DEVSTACK_SUFFIX = /\s*(?:\{\{\(pid=(\d{1,10})\) \S+ \S+\}\}|\sfrom \(pid=(\d{1,10})\) \S+ \S+:\d+)$/;
const DEBUG_SUFFIX = /(?:^|\s)[A-Za-z_<][\w<>.]* \S+\.py[co]?:\d+$/;
/** Longest suffix looked for, so that a long message is not walked for each blank in it. */
const TAIL = 400;

/** Reads the header of a line; null where the line has none (a continuation, another program's line). Never throws. */
export function parseHeader(text: string): ParsedHeader | null {
  const clean = cleaned(text);
  const head = clean.slice(0, HEAD);
  const parts = commonHeader(head) ?? (MAYBE_HEADER.test(head) ? ask(head, 'Line') : null);
  return parts === null ? null : header(parts, clean.slice(HEAD));
}

/** Reads a line of a text in which no line has a header: level, logger and instance where they are printed, else all message. */
export function parseBare(text: string): ParsedHeader {
  const clean = cleaned(text);
  const parts = ask(clean.slice(0, HEAD), 'Bare');
  return parts === null
    ? { ...NOTHING, message: clean.trimEnd() }
    : header({ ...parts, exception: false }, clean.slice(HEAD));
}

/** Takes a collector's prefix (syslog, journal, compose) off a text; null where there is none. Never throws. */
export function parseOuter(text: string): Outer | null {
  const clean = cleaned(text);
  const head = clean.slice(0, HEAD);
  if (!MAYBE_OUTER.test(head)) return null;
  const outer = ask<Outer>(head, 'Outer');
  return outer === null ? null : { ...outer, message: outer.message + clean.slice(HEAD) };
}

/** The text as a person reads it: no colours, byte order mark, NULs before it, carriage return or Markdown escapes. */
export function cleaned(text: string): string {
  let clean = withoutNuls(text);
  if (clean.charCodeAt(0) === 0xfeff) clean = clean.slice(1);
  if (clean.includes('[') && (clean.includes('\x1b') || clean.includes('#033[') || clean.includes('^[['))) {
    clean = clean.replace(COLOUR, '');
  }
  if (clean.includes('\\[') && MARKDOWN.test(clean)) clean = clean.replace(/\\([[\]_*<>#`~-])/g, '$1');
  return clean.endsWith('\r') ? clean.slice(0, -1) : clean;
}

/** A file that was truncated while its writer kept its place has NULs up to there, in front of the next line. */
export function withoutNuls(text: string): string {
  return text.charCodeAt(0) === 0 ? text.replace(/^\0+/, '') : text;
}

const NOTHING: ParsedHeader = {
  stamp: null,
  host: null,
  level: null,
  logger: null,
  pid: null,
  requestId: null,
  instance: null,
  message: '',
  tag: null,
  exception: false,
};

const parser = grammar as unknown as PegParser;

function ask<Found = HeaderParts>(head: string, startRule: 'Line' | 'Bare' | 'Outer'): Found | null {
  const found = takeAll(parser, startRule, head);
  return found === null ? null : (found.value as Found);
}

function header(parts: HeaderParts, rest: string): ParsedHeader {
  const { message, pid } = withoutSuffix(`${parts.message}${rest}`.trimEnd(), parts.level);
  return {
    stamp: parts.stamp ?? parts.outer,
    host: parts.host,
    level: parts.level,
    logger: parts.logger,
    pid: pid ?? parts.pid,
    requestId: requestId(parts.context),
    instance: parts.instance,
    message,
    tag: parts.tag,
    exception: parts.exception,
  };
}

function withoutSuffix(message: string, level: string | null): { message: string; pid: number | null } {
  const tail = message.slice(-TAIL);
  const rest = message.slice(0, -TAIL);
  if (tail.includes('(pid=')) {
    const match = DEVSTACK_SUFFIX.exec(tail);
    if (match !== null) return { message: rest + tail.slice(0, match.index), pid: Number(match[1] ?? match[2]) };
  }
  if (level !== 'DEBUG') return { message, pid: null };
  const match = DEBUG_SUFFIX.exec(tail);
  return { message: match === null ? message : (rest + tail.slice(0, match.index)).trimEnd(), pid: null };
}

/** Of two ids the second: the first is the global request id, shared by the services. */
function requestId(context: string | null): string | null {
  if (context === null || context === '-') return null;
  const [first = '', second = ''] = context.split(' ', 2);
  const id = REQUEST.test(second) ? second : first;
  return REQUEST.test(id) || UUID.test(id) ? id : null;
}

const REQUEST = /^req-[0-9A-Za-z]/;
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-/;
