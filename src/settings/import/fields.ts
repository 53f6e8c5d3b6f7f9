import type { Proof } from '../../judgement.ts';

/** A thing that a client printed: its fields, by names in lower case with underscores, and the line a field stands on. */
export interface Printed {
  readonly fields: ReadonlyMap<string, unknown>;
  readonly proof: (field: string, key?: string) => Proof;
}

/** A field's name as all clients' spellings have it in common: `Source Compute` and `source_compute` are one. */
export function fieldName(printed: string): string {
  return printed
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

/** A field's text; null where it is missing or empty. */
export function textOf(printed: Printed, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = printed.fields.get(name);
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '' && value !== 'None') return value.trim();
  }
  return null;
}

/** A field's number; null where it is none. */
export function numberOf(printed: Printed, ...names: readonly string[]): number | null {
  const text = textOf(printed, ...names);
  return text !== null && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}

/**
 * A dictionary in any of the ways that clients print one: as JSON, as Python writes it ({u'a': u'1'}), or as a='1', b='2'.
 * Values become text. Null where the field is missing.
 */
export function dictionaryOf(printed: Printed, ...names: readonly string[]): Record<string, string> | null {
  for (const name of names) {
    const value = printed.fields.get(name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return asTexts(value);
    if (typeof value === 'string') return dictionaryIn(value);
  }
  return null;
}

/** The UUIDs in a field, in order. */
export function uuidsOf(printed: Printed, ...names: readonly string[]): string[] {
  const text = names.map((name) => JSON.stringify(printed.fields.get(name) ?? '')).join(' ');
  return [...text.matchAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi)].map(([id]) => id.toLowerCase());
}

function asTexts(value: object): Record<string, string> {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, textFrom(each)]));
}

function textFrom(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function dictionaryIn(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return asTexts(value);
  } catch {
    // Not every client prints JSON: the other two ways are tried.
  }
  const pairs = /^\s*\{/.test(text) ? text.matchAll(PYTHON_PAIR) : text.matchAll(ASSIGNMENT);
  return Object.fromEntries([...pairs].map(([, key = '', value = '']) => [key, value.replace(/\\(['"\\])/g, '$1')]));
}

const PYTHON_PAIR = /u?'((?:[^'\\]|\\.)*)'\s*:\s*u?'?((?:[^'\\,}]|\\.)*)'?/g;
const ASSIGNMENT = /(?:^|,\s*)([^=,'\s][^=,']*)=u?'((?:[^'\\]|\\.)*)'/g;
