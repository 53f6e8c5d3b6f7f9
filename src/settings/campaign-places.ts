import { type Document, isNode, type LineCounter } from 'yaml';
import type { z } from 'zod';
import type { Proof } from '../judgement.ts';
import { knownKeys } from './campaign-schema.ts';
import { didYouMean } from './did-you-mean.ts';

/** What is wrong with a campaign file or `--set`: where (file:line with a caret), why, what to do. */
export class CampaignError extends Error {
  override name = 'CampaignError';
}

/** Where things stand in a campaign file: for errors with a caret, and for evidence. */
export class Places {
  readonly #source: string;
  readonly #path: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #rows: readonly string[];
  readonly #rowOffsets: readonly number[];

  constructor(source: string, path: string, document: Document.Parsed, lines: LineCounter) {
    this.#source = source;
    this.#path = path;
    this.#document = document;
    this.#lines = lines;
    this.#rows = source.split('\n');
    this.#rowOffsets = byteOffsets(this.#rows);
  }

  /** An error at a place in the text (in characters). */
  error(offset: number, why: string): CampaignError {
    return new CampaignError(pointAt(this.#source, this.#path, this.#lines.linePos(offset), why));
  }

  /** An error at what the schema finds wrong. */
  issue(issue: z.core.$ZodIssue): CampaignError {
    return this.error(offsetOf(this.#document, pathOf(issue)), reasonOf(issue, knownKeys(issue.path)));
  }

  /** An error at a key. */
  issueAt(path: readonly (string | number)[], why: string): CampaignError {
    return this.error(offsetOf(this.#document, path), why);
  }

  /** The line on which a value stands, as evidence. */
  proof(path: readonly (string | number)[]): Proof {
    const { line } = this.#lines.linePos(offsetOf(this.#document, path));
    return {
      ref: { path: this.#path, line, offset: this.#rowOffsets[line - 1] ?? 0 },
      text: (this.#rows[line - 1] ?? '').trim(),
    };
  }
}

/** What is wrong, in words; an unknown key with the nearest known one. */
export function reasonOf(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const key = issue.keys[0] ?? '';
  return `unknown key ${key}${didYouMean(key, known)}`;
}

/** Where the wrong thing stands: for an unknown key, the key. */
export function pathOf(issue: z.core.$ZodIssue): (string | number)[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol') as (string | number)[];
  return issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = pairOf(parent, path[length - 1]);
    if (pair !== null) return pair;
  }
  return 0;
}

function pairOf(parent: unknown, key: string | number | undefined): number | null {
  const items = (parent as { items?: unknown[] } | null)?.items;
  if (!items) return null;
  const pair = items.find((item) => String((item as { key?: unknown }).key) === String(key)) as
    | { key?: unknown }
    | undefined;
  const node = pair?.key ?? (typeof key === 'number' ? items[key] : undefined);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function pointAt(source: string, path: string, { line, col }: { line: number; col: number }, why: string): string {
  const row = source.split('\n')[line - 1] ?? '';
  const number = String(line);
  return `${path}:${line}:${col}: ${why}\n  ${number} | ${row}\n  ${' '.repeat(number.length)} | ${' '.repeat(Math.max(0, col - 1))}^`;
}

/** Offsets in bytes at which rows begin. */
function byteOffsets(rows: readonly string[]): number[] {
  const encoder = new TextEncoder();
  let offset = 0;
  return rows.map((row) => {
    const begun = offset;
    offset += encoder.encode(row).length + 1;
    return begun;
  });
}
