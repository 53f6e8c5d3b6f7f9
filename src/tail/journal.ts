const LINE_FEED = 10;
const CURSOR = /"__CURSOR"\s*:\s*"([^"\\]+)"/;

/** True for the first bytes of what `journalctl -o json` prints. */
export function isJournal(head: Buffer): boolean {
  const first = head.subarray(0, Math.max(0, head.indexOf(LINE_FEED))).toString('latin1');
  return first.startsWith('{') && CURSOR.test(first);
}

/**
 * Cuts a journal's stream at its line ends and drops the records that were stored before: journalctl may be started again
 * with more of the past than is wanted.
 */
export class JournalCut {
  /** The place after the last record that came through. */
  cursor: string | null;
  #stored: string | null;
  #carry: Buffer = Buffer.alloc(0);

  constructor(stored: string | null) {
    this.cursor = stored;
    this.#stored = stored;
  }

  /** The whole records in these bytes, and what was left of the bytes before, that are new. */
  take(bytes: Buffer): Buffer {
    const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
    const end = data.lastIndexOf(LINE_FEED) + 1;
    this.#carry = Buffer.from(data.subarray(end));
    const whole = data.subarray(0, end);
    return this.#stored === null ? this.#passed(whole) : this.#newOf(whole, this.#stored);
  }

  #passed(whole: Buffer): Buffer {
    if (whole.length === 0) return whole;
    const last = whole.subarray(whole.lastIndexOf(LINE_FEED, whole.length - 2) + 1).toString('latin1');
    this.cursor = CURSOR.exec(last)?.[1] ?? this.cursor;
    return whole;
  }

  #newOf(whole: Buffer, stored: string): Buffer {
    for (let start = 0; start < whole.length; ) {
      const end = whole.indexOf(LINE_FEED, start) + 1;
      const cursor = CURSOR.exec(whole.subarray(start, end).toString('latin1'))?.[1];
      if (cursor !== undefined && isAfter(cursor, stored)) {
        this.#stored = null;
        return this.#passed(whole.subarray(start));
      }
      start = end;
    }
    return whole.subarray(0, 0);
  }
}

/** Records of one journal file are numbered (s, i); of others the time (t, microseconds) tells. */
function isAfter(cursor: string, stored: string): boolean {
  const [a, b] = [fields(cursor), fields(stored)];
  const key = a.s !== undefined && a.s === b.s ? 'i' : 't';
  const [mine, other] = [a[key], b[key]];
  return mine === undefined || other === undefined ? cursor !== stored : BigInt(`0x${mine}`) > BigInt(`0x${other}`);
}

function fields(cursor: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(cursor.split(';').map((part) => part.split('=', 2) as [string, string]));
}
