import type { Proof } from '../../judgement.ts';
import { fieldName, type Printed } from './fields.ts';
import { linesOf, trimmed } from './lines.ts';

interface Row {
  readonly cells: readonly string[];
  readonly proof: Proof;
}

/** Everything in the tables that `nova`, `cinder` and `openstack` draw: of a table of two columns one thing, else one a row. */
export function printedTables(text: string, path: string): Printed[] {
  return tablesIn(text, path).flatMap(([header, ...rows]) => {
    if (header === undefined) return [];
    const names = header.cells.map(fieldName);
    const isOne = names.length === 2 && names[1] === 'value';
    return isOne ? [oneThing(rows)] : rows.map((row) => ofRow(names, row));
  });
}

function tablesIn(text: string, path: string): Row[][] {
  const tables: Row[][] = [];
  let open: Row[] | null = null;
  for (const each of linesOf(text, path)) {
    const { text: line } = each;
    if (/^\s*\|.*\|\s*$/.test(line)) {
      if (open === null) {
        open = [];
        tables.push(open);
      }
      open.push({
        cells: line
          .trim()
          .slice(1, -1)
          .split(' | ')
          .map((cell) => cell.trim()),
        proof: trimmed(each),
      });
    } else if (!/^\s*\+[-+=]+\+\s*$/.test(line)) {
      open = null;
    }
  }
  return tables;
}

/** A long value goes on in rows whose first cell is empty. */
function oneThing(rows: readonly Row[]): Printed {
  const fields = new Map<string, string>();
  const proofs = new Map<string, Proof>();
  let last = '';
  for (const { cells, proof } of rows) {
    const [name = '', ...rest] = cells;
    const value = rest.join(' | ');
    if (name === '') {
      fields.set(last, `${fields.get(last) ?? ''}${value}`);
      continue;
    }
    last = fieldName(name);
    fields.set(last, value);
    proofs.set(last, proof);
  }
  const first = rows[0]?.proof as Proof;
  return { fields, proof: (field) => proofs.get(field) ?? first };
}

function ofRow(names: readonly string[], { cells, proof }: Row): Printed {
  return { fields: new Map(names.map((name, column) => [name, cells[column] ?? ''])), proof: () => proof };
}
