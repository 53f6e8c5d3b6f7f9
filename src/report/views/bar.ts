import { type Html, html } from './html.ts';

/** A share of a whole, in a colour. */
export interface Share {
  readonly kind: string;
  readonly count: number;
}

/** A bar of shares; what it says must stand beside it in words. */
export function shareBar(shares: readonly Share[]): Html {
  const total = shares.reduce((sum, { count }) => sum + count, 0);
  let from = 0;
  const parts = shares.map(({ kind, count }) => {
    const width = total === 0 ? 0 : (count / total) * 100;
    const part = html`<rect class="share ${kind}" x="${from.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="8"/>`;
    from += width;
    return part;
  });
  return html`<svg class="shares" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">${parts}</svg>`;
}
