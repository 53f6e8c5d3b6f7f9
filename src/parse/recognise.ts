import type { Recognised } from '../model.ts';
import * as grammar from './generated/messages.js';
import { type PegParser, type Progress, progressOf, takeAll } from './run-parser.ts';
import type { UserGrammar } from './user-grammar.ts';

export interface RecogniseOptions {
  /** Also what nova repeats on every turn of its loop. */
  readonly everyTurn?: boolean;
  /** Tried before the built-in grammars. */
  readonly user?: UserGrammar | null;
}

const parser = grammar as unknown as PegParser;
const CHOICES = new Set(['Message', 'EveryTurn']);

/** What a message says, or null where no grammar takes it. The message is without header, colours and DEBUG suffix. */
export function recognise(message: string, options: RecogniseOptions = {}): Recognised | null {
  const own = options.user?.recognise(message) ?? null;
  if (own !== null) return own;
  const found =
    takeAll(parser, 'Message', message) ?? (options.everyTurn ? takeAll(parser, 'EveryTurn', message) : null);
  return found === null ? null : finish(found.value as Recognised);
}

/** How far each built-in rule gets in a message, the farthest first. */
export function progressOfRules(message: string): Progress[] {
  const rules = grammar.StartRules.filter((rule) => !CHOICES.has(rule));
  return progressOf(parser, rules, message);
}

function finish(found: Recognised): Recognised {
  const { error } = found.fields;
  if (typeof error !== 'string') return found;
  const fields = { ...found.fields, error: withoutSummary(error) };
  const peer = found.type === 'failure' ? peerOf(fields.error) : null;
  return { type: found.type, fields: peer === null ? fields : { ...fields, peer } };
}

/** An error without the copy of itself that oslo.log appends: "X: libvirt.libvirtError: X", of several lines the first. */
function withoutSummary(error: string): string {
  const feed = error.indexOf('\n');
  for (let at = error.indexOf(': '); at >= 0; at = error.indexOf(': ', at + 1)) {
    const copy = afterClass(error, at + 2);
    const length = feed >= 0 && feed < at ? feed : at;
    // Lengths first: they fit at one place at most, so that texts are compared once.
    if (copy !== null && error.length - copy === length && error.startsWith(error.slice(copy))) {
      return error.slice(0, at);
    }
  }
  return error;
}

/** Where the text begins that follows the name of an exception at an offset; null where none stands there. */
function afterClass(error: string, at: number): number | null {
  const pattern = /[A-Za-z_][\w.]*: /y;
  pattern.lastIndex = at;
  return pattern.test(error) ? pattern.lastIndex : null;
}

/** No name is longer than 255; without bounds a message that repeats the words before it takes quadratic time. */
const PEERS = [
  /\bqemu\+\w{1,16}:\/\/(?:[^@/\s]{1,255}@)?(?:\[([^\]\s]{1,255})\]|([^/:?\s]{1,255})(?=[/:?\s]|$))/,
  /\bunable to connect to server at '(?:\[([^\]]{1,255})\]|([^']{1,255})):\d{1,5}'/,
];

/** The destination's name or address where the text of the error names it. */
function peerOf(error: string): string | null {
  for (const pattern of PEERS) {
    const found = pattern.exec(error);
    if (found !== null) return found[1] ?? found[2] ?? null;
  }
  return null;
}
