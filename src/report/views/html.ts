import { escapeHtml } from '../escape.ts';

/** A piece of a page in which everything from logs is escaped. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | null | readonly Piece[];

/** A piece of a page: what stands in the template is markup, every value in it is text, unless it is a piece itself; null is nothing. */
export function html(markup: TemplateStringsArray, ...values: readonly Piece[]): Html {
  return { html: markup.map((text, at) => text + rendered(values[at] ?? null)).join('') };
}

/** Where there is something to show, the piece; else nothing. */
export function when(condition: boolean, piece: () => Html): Html | null {
  return condition ? piece() : null;
}

function rendered(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string') return escapeHtml(piece);
  if (typeof piece === 'number') return String(piece);
  return 'html' in piece ? piece.html : piece.map(rendered).join('');
}
