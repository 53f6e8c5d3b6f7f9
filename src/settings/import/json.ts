import { LineCounter, parseDocument } from 'yaml';
import { CampaignError, Places } from '../campaign-places.ts';
import { fieldName, type Printed } from './fields.ts';

/** Everything in a file that a client printed with `-f json`: one thing, or a list. Throws CampaignError where it is no JSON. */
export function printedJson(text: string, path: string): Printed[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const places = new Places(text, path, document, lines);
  const value = jsonIn(text, path, places, document.errors[0]?.pos[0]);
  const things = Array.isArray(value) ? [...value.entries()] : [[null, value] as const];
  return things.flatMap(([index, thing]) =>
    typeof thing === 'object' && thing !== null ? [printed(thing, index === null ? [] : [index], places)] : [],
  );
}

function jsonIn(text: string, path: string, places: Places, wrongAt: number | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [said] = (error as Error).message.split('\n');
    const why = `is no JSON (${said}); print it again with -f json`;
    throw wrongAt === undefined ? new CampaignError(`${path}: ${why}`) : places.error(wrongAt, why);
  }
}

function printed(thing: object, at: readonly number[], places: Places): Printed {
  const names = new Map(Object.keys(thing).map((key) => [fieldName(key), key]));
  return {
    fields: new Map(Object.entries(thing).map(([key, value]) => [fieldName(key), value])),
    proof: (field, key) => places.proof([...at, names.get(field) ?? field, ...(key === undefined ? [] : [key])]),
  };
}
