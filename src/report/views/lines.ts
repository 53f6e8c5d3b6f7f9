import type { PageDetail, PageLine } from '../page-shapes.ts';
import { type Html, html } from './html.ts';

/** Every line that the page cites, numbered, with those around; by the files they lie in. */
export function linesSection({ lines }: PageDetail): Html {
  return html`<section aria-labelledby="lines-title"><h2 id="lines-title">Lines</h2>
<ol class="lines">${lines.map((line, place) => lineItem(line, place, lines[place - 1]))}</ol></section>`;
}

function lineItem({ path, line, text, position }: PageLine, place: number, before: PageLine | undefined): Html {
  const gap = position !== null && before?.position != null && position > before.position + 1;
  return html`<li id="line-${place}" class="${gap ? 'gap' : ''}" value="${place + 1}" tabindex="-1"><code class="where">${path}:${line}</code><code class="text">${text}</code></li>`;
}
