// Containers of whole lines: JSON objects, Kubernetes' CRI format, docker's json-file. Tells what a line is, and joins lines that
// a container runtime cut into parts.

import type { LogLine, Stamp } from '../model.ts';
import { type ParsedHeader, parseHeader, parseOuter } from './header.ts';
import { journalMessage, parsed, readJson } from './json-line.ts';

/** A line told apart: one with a header, or a loose one that belongs to a record before it or to another program. */
export type Unwrapped =
  | {
      readonly kind: 'header';
      readonly header: ParsedHeader;
      readonly detail: readonly string[];
      /** The line without what it was wrapped in. */
      readonly text: string;
    }
  | {
      readonly kind: 'loose';
      readonly text: string;
      readonly wrapped: boolean;
      readonly host: string | null;
      readonly tag: string | null;
    };

interface Wrap {
  readonly stamp: Stamp;
  readonly host: string | null;
  readonly tag: string | null;
}

/** Deepest nesting looked into, as in JSON inside docker's JSON inside a collector's. */
const DEEPEST = 3;
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?::\S*)?(?: |$)/;

/** Reads one line through whatever it is wrapped in. Never throws; what is not understood is a loose line. */
export function unwrap(text: string): Unwrapped {
  return layer(text, null, 0);
}

function layer(text: string, wrap: Wrap | null, depth: number): Unwrapped {
  const cri = text.charCodeAt(0) < 0x3a ? CRI.exec(text) : null;
  if (cri !== null && depth < DEEPEST) {
    const stamp = parseHeader(`${cri[1]} INFO x [-] x`)?.stamp ?? null;
    return layer(text.slice(cri[0].length), { stamp, host: wrap?.host ?? null, tag: wrap?.tag ?? null }, depth + 1);
  }
  if (/^\s*\{/.test(text) && depth < DEEPEST) {
    const json = readJson(text);
    if (json?.kind === 'record')
      return { kind: 'header', header: merged(json.header, wrap), detail: json.detail, text };
    if (json?.kind === 'wrapped') return layer(json.text, inner(json, wrap), depth + 1);
  }
  const newline = text.indexOf('\n');
  const first = newline < 0 ? text : text.slice(0, newline);
  const rest = newline < 0 ? [] : text.slice(newline + 1).split('\n');
  const header = parseHeader(first);
  if (header !== null) return { kind: 'header', header: merged(header, wrap), detail: rest, text: first };
  return outside(text, wrap, depth);
}

function outside(text: string, wrap: Wrap | null, depth: number): Unwrapped {
  const outer = parseOuter(text);
  if (outer !== null && /^\s*\{/.test(outer.message) && depth < DEEPEST) {
    const whole = layer(outer.message, inner(outer, wrap), depth + 1);
    if (whole.kind === 'header') return whole;
  }
  const host = outer?.host ?? wrap?.host ?? null;
  const tag = outer?.tag ?? wrap?.tag ?? null;
  return { kind: 'loose', text: outer?.message ?? text, wrapped: outer !== null || wrap !== null, host, tag };
}

function inner(wrap: Wrap, around: Wrap | null): Wrap {
  return {
    stamp: wrap.stamp ?? around?.stamp ?? null,
    host: wrap.host ?? around?.host ?? null,
    tag: wrap.tag ?? around?.tag ?? null,
  };
}

function merged(header: ParsedHeader, wrap: Wrap | null): ParsedHeader {
  if (wrap === null) return header;
  return { ...header, stamp: header.stamp ?? wrap.stamp, host: header.host ?? wrap.host, tag: header.tag ?? wrap.tag };
}

/** Tells from the first lines of a file whether `PartJoiner` must see its lines before anything is searched in them. */
export function kindOf(head: string): 'plain' | 'parts' {
  const lines = head.slice(0, head.lastIndexOf('\n') + 1).split('\n');
  return lines.some((line) => CRI.test(line) || part(line) !== null) ? 'parts' : 'plain';
}

/** Longest joined text kept, in characters; what is beyond is dropped. */
const LONGEST = 1024 * 1024;

interface Part {
  readonly stream: string;
  readonly text: string;
  readonly last: boolean;
  /** The line with the joined text in it. */
  whole(text: string): string;
}

interface Pending {
  readonly first: LogLine;
  readonly part: Part;
  readonly texts: string[];
  size: number;
  end: number;
}

/**
 * Joins the parts of cut lines, a stream (stdout, stderr) at a time, and spells out the journal's byte arrays. A joined line has the
 * place of its first part and the end of its last; between them, lines of the other stream may have come out already.
 */
export class PartJoiner {
  readonly #pending = new Map<string, Pending>();

  /** Place of the first part of a line that is not complete; null where none is open. A checkpoint must not pass it. */
  get pendingAt(): { offset: number; line: number } | null {
    const firsts = [...this.#pending.values()].map(({ first }) => first);
    return firsts.reduce<LogLine | null>((a, b) => (a !== null && a.offset < b.offset ? a : b), null);
  }

  /** Takes the next line and gives the line that it completes, which is itself where it is no part. */
  take(line: LogLine): LogLine | null {
    const piece = part(line.text);
    if (piece === null) return line;
    const open = this.#pending.get(piece.stream);
    if (open === undefined && piece.last) return { ...line, text: piece.whole(piece.text) };
    const pending = open ?? { first: line, part: piece, texts: [], size: 0, end: line.end };
    const text = piece.text.slice(0, LONGEST - pending.size);
    if (text !== '') pending.texts.push(text);
    pending.size += text.length;
    pending.end = line.end;
    if (!piece.last) {
      this.#pending.set(piece.stream, pending);
      return null;
    }
    this.#pending.delete(piece.stream);
    return joined(pending, line.terminated);
  }

  /** Gives the lines whose last part never came, in the order of their places. */
  flush(): LogLine[] {
    const rest = [...this.#pending.values()].sort((a, b) => a.first.offset - b.first.offset);
    this.#pending.clear();
    return rest.map((pending) => joined(pending, pending.first.terminated));
  }
}

function joined({ first, part: { whole }, texts, end }: Pending, terminated: boolean): LogLine {
  return { text: whole(texts.join('')), line: first.line, offset: first.offset, end, terminated };
}

/** What a line is a part of; null where nothing has to be joined or spelt out. */
function part(text: string): Part | null {
  const cri = text.charCodeAt(0) < 0x3a ? CRI.exec(text) : null;
  if (cri !== null) {
    const [prefix, time = '', stream = '', kind] = cri;
    return {
      stream,
      text: text.slice(prefix.length),
      last: kind === 'F',
      whole: (body) => `${time} ${stream} F ${body}`,
    };
  }
  if (!/^\s*\{/.test(text) || !(text.includes('"log"') || text.includes('"MESSAGE"'))) return null;
  const fields = parsed(text);
  if (fields === null) return null;
  if (Array.isArray(fields.MESSAGE)) {
    const message = journalMessage(fields.MESSAGE);
    return message === null
      ? null
      : { stream: '', text: message, last: true, whole: (body) => JSON.stringify({ ...fields, MESSAGE: body }) };
  }
  const { log, stream } = fields;
  if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr')) return null;
  return { stream, text: log, last: log.endsWith('\n'), whole: (body) => JSON.stringify({ ...fields, log: body }) };
}
