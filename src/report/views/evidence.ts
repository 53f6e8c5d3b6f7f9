import type { PageEvidence, PageLine } from '../page-shapes.ts';
import { type Html, html, when } from './html.ts';

type ShownLine = PageEvidence['evidence'][number];

/** Lines that prove something, folded up behind how many they are. */
export function evidenceList({ evidence, evidence_count: count }: PageEvidence): Html | null {
  return when(evidence.length > 0, () => {
    const more = count - evidence.length;
    const rest = more > 0 ? html`<p class="quiet">and ${more} more</p>` : null;
    return html`<details class="proof"><summary>${count === 1 ? 'the line' : `${count} lines`}</summary>${evidence.map(lineBlock)}${rest}</details>`;
  });
}

/** A line that proves, which opens to show the migration's own lines before and after it. */
export function lineWithContext(lines: readonly PageLine[], place: number): Html | null {
  const line = lines[place];
  if (line === undefined) return null;
  const around = contextOf(lines, place);
  if (around.length < 2) return html`<div class="line">${lineText(line)}</div>`;
  const rows = around.map((each) => html`<span class="${each === line ? 'cited' : 'near'}">${each.text}</span>`);
  return html`<details class="line"><summary>${lineText(line)}<span class="more">context</span></summary><pre>${rows}</pre></details>`;
}

/** So many lines on either side. */
const AROUND = 3;

/** Neighbours without a gap between them. */
function contextOf(lines: readonly PageLine[], place: number): readonly PageLine[] {
  const { position } = lines[place] as PageLine;
  if (position === null) return [];
  return lines.filter((line) => line.position !== null && Math.abs(line.position - position) <= AROUND);
}

function lineBlock(line: ShownLine): Html {
  return html`<div class="line">${lineText(line)}</div>`;
}

function lineText({ path, line, text }: ShownLine): Html {
  return html`<code class="where">${path}:${line}</code><code class="text">${text}</code>`;
}
