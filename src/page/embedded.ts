import type { PageDetail, PageFront, PageRow } from '../report/page-shapes.ts';
import type { PageSource } from './source.ts';

/** What lies in the page itself; null where nothing does. Details lie in packed parts, which are opened when asked for. */
export function embeddedSource(page: Document): PageSource | null {
  const front = page.getElementById('data-front')?.textContent;
  if (front == null) return null;
  const parts = new Map<string, Promise<unknown>>();
  const part = (name: string) => {
    const known = parts.get(name) ?? unpacked(page, name);
    parts.set(name, known);
    return known;
  };
  const rows = async () => (await part('rows')) as { rows: readonly PageRow[]; parts: readonly number[] };
  return {
    front: async () => JSON.parse(front) as PageFront,
    rows: async () => (await rows()).rows,
    detail: async (id) => {
      const all = await rows();
      const at = all.rows.findIndex((row) => row.id === id);
      if (at < 0) return null;
      const details = (await part(`details-${all.parts[at]}`)) as readonly PageDetail[];
      return details.find((each) => each.id === id) ?? null;
    },
    changed: () => {},
  };
}

async function unpacked(page: Document, name: string): Promise<unknown> {
  const base64 = (await elementIn(page, `data-${name}`))?.textContent ?? '';
  const bytes = Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).json();
}

/** Waits for the end of the page where the element has not been read yet. */
async function elementIn(page: Document, id: string): Promise<HTMLElement | null> {
  if (page.readyState === 'loading' && page.getElementById(id) === null)
    await new Promise((ready) => page.addEventListener('DOMContentLoaded', ready, { once: true }));
  return page.getElementById(id);
}
