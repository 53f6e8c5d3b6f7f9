// Lines to records: a header opens one, what follows without a header belongs to it.

import type { LogLine, LogRecord } from '../model.ts';
import { beginsCommon } from './common-header.ts';
import { type Unwrapped, unwrap } from './envelope.ts';
import { type ParsedHeader, parseBare, parseHeader, withoutNuls } from './header.ts';

/** Most lines that can belong to a record; with the last of them it closes. */
const MOST_LINES = 200;
/** Most characters of detail that are kept. */
const MOST_DETAIL = 64 * 1024;
/** Most characters of the line that are kept as its text. */
const MOST_TEXT = 1000;

type Headed = Extract<Unwrapped, { kind: 'header' }>;
type Loose = Extract<Unwrapped, { kind: 'loose' }>;

interface Open {
  readonly header: ParsedHeader;
  readonly line: LogLine;
  readonly detail: string[];
  kept: number;
  followers: number;
  end: number;
}

/**
 * Groups lines into records. The caller may leave lines out while `open` is false; while it is true it hands over every line.
 * `bare` is for files in which no line has a header: there each line is a record, until a header is seen.
 */
export class RecordAssembler {
  #bare: boolean;
  #open: Open | null = null;

  constructor({ bare }: { bare: boolean }) {
    this.#bare = bare;
  }

  /** True where the lines that follow may belong to a record. */
  get open(): boolean {
    return this.#open !== null;
  }

  /** Where the open record begins; null where none is open. */
  get openAt(): { offset: number; line: number } | null {
    return this.#open === null ? null : { offset: this.#open.line.offset, line: this.#open.line.line };
  }

  /** Takes a line that the caller does not want for itself, but as a part of the open record; gives the record that it closes. */
  passBy(line: LogLine): LogRecord | null {
    if (beginsCommon(line.text)) {
      this.#bare = false;
      return this.flush();
    }
    const closed = this.take(line);
    if (this.openAt?.offset === line.offset) this.#open = null;
    return closed;
  }

  /** Takes the next line and gives the record that it closes. Never throws. */
  take(line: LogLine): LogRecord | null {
    const read = unwrap(line.text);
    if (read.kind === 'header' && !read.header.exception) {
      this.#bare = false;
      return this.#begin(read.header, read.detail, line);
    }
    if (this.#bare) return this.#takeBare(read, line);
    if (this.#open === null) return null;
    const lines = read.kind === 'header' ? quoted(this.#open, read) : continued(this.#open, read, line);
    return this.#follow(this.#open, lines, line);
  }

  /** The open record as it stands; it may still grow. */
  peek(): LogRecord | null {
    return this.#open === null ? null : recordOf(this.#open);
  }

  /** Closes the open record, at the end of a file or when nothing has come for a while. */
  flush(): LogRecord | null {
    const open = this.#open;
    this.#open = null;
    return open === null ? null : recordOf(open);
  }

  #begin(header: ParsedHeader, detail: readonly string[], line: LogLine): LogRecord | null {
    const closed = this.flush();
    this.#open = { header, line, detail: [], kept: 0, followers: 0, end: line.end };
    for (const text of detail) keep(this.#open, text);
    return closed;
  }

  #takeBare(read: Unwrapped, line: LogLine): LogRecord | null {
    if (read.kind === 'header') return this.#open === null ? null : this.#follow(this.#open, [read.text], line);
    return read.text.trim() === '' ? null : this.#begin(bareHeader(read), [], line);
  }

  #follow(open: Open, lines: readonly string[], line: LogLine): LogRecord | null {
    open.followers += 1;
    for (const text of lines) {
      keep(open, text);
      open.end = line.end;
    }
    return open.followers < MOST_LINES ? null : this.flush();
  }
}

/** True for a line with which a record begins, whatever stood before it. */
export function opensRecord(text: string): boolean {
  const read = unwrap(text);
  return read.kind === 'header' && !read.header.exception;
}

/** The message with the lines that continue it, joined by line feeds; the traceback after it is left out. */
export function fullMessage(record: LogRecord): string {
  const end = record.detail.findIndex((text) => TRACEBACK.test(text) || parseHeader(text) !== null);
  const more = end < 0 ? record.detail : record.detail.slice(0, end);
  return [record.message, ...more].join('\n').trimEnd();
}

/** Tells from the head of a file whether any complete line in it has a header; where none has, the file is read bare. */
export function hasHeaders(head: string): boolean {
  const lines = head.slice(0, head.lastIndexOf('\n') + 1).split('\n');
  return lines.some((line) => unwrap(line).kind === 'header');
}

const TRACEBACK = /Traceback \(most recent call last\):/;

/** A traceback's line of the same stream, as it stands, so that it can be told from the message's own lines. */
function quoted({ header }: Open, { header: { tag, host }, text, detail }: Headed): string[] {
  return tag === header.tag && host === header.host ? [text, ...detail] : [];
}

/** The text of a loose line that belongs to the record; nothing where another program wrote it. */
function continued({ header, line: first }: Open, { text, wrapped, tag, host }: Loose, line: LogLine): string[] {
  const own = !wrapped || (tag === header.tag && (host === header.host || host === null));
  if (own) return text.split('\n');
  // Where the record has no prefix it stands in a plain file, and what looks like a collector's prefix is message.
  const plain = header.tag === null && header.host === null && !/^\s*\{/.test(first.text);
  return plain ? [line.text] : [];
}

function bareHeader({ text, host, tag }: Loose): ParsedHeader {
  return { ...parseBare(text), host, tag };
}

function keep(open: Open, text: string): void {
  const clean = text.endsWith('\r') ? text.slice(0, -1) : text;
  if (open.detail.length >= MOST_LINES || open.kept + clean.length > MOST_DETAIL) return;
  open.detail.push(clean);
  open.kept += clean.length;
}

function recordOf({ header, line, detail, end }: Open): LogRecord {
  const { tag: _tag, exception: _exception, ...fields } = header;
  return {
    ...fields,
    detail,
    text: withoutNuls(line.text).slice(0, MOST_TEXT),
    line: line.line,
    offset: line.offset,
    end,
  };
}
