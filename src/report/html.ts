import { script, scriptHash, style, styleHash } from './generated/assets.js';
import type { PageDetail, PageFront, PageRow } from './page-shapes.ts';
import { printableJson } from './printable.ts';
import { frontView } from './views/front.ts';
import { type Html, html } from './views/html.ts';
import { FRONT_PLACE, HOSTS_PLACE, migrationsPlace, TUNNEL_PLACE } from './views/places.ts';
import { rowsTable } from './views/rows.ts';
import { timeText } from './views/words.ts';

/** Data that lies in the page. */
export interface Embedded {
  /** The rows and the parts of the details, packed: deflated (raw), in base64. */
  readonly rows: string;
  readonly details: readonly string[];
}

/**
 * The report as one self-contained page: its front can be read without the script, everything else is drawn by it. Nothing is
 * fetched, everything from logs is escaped. Without `embedded` the script takes the data from the server of the page.
 */
export function pageHtml(front: PageFront, rows: readonly PageRow[], embedded: Embedded | null): string {
  const title = front.campaign === null ? 'novatrail report' : `${front.campaign} – novatrail`;
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(embedded)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
${heading()}
<main id="main" tabindex="-1">${frontView(front, firstRows(rows))}</main>
<footer>novatrail ${front.novatrail}, ${timeText(front.generated_at)} UTC</footer>
`;
  const run = `<script>${script}</script>\n`;
  return `${head.html}${embedded === null ? run : withData(front, embedded, run)}</body>\n</html>\n`;
}

/** What a page may do, as a header or in the page: run its own script, be styled by its own style, ask its own server where it has one. */
export function policyOf(embedded: Embedded | null): string {
  const connect = embedded === null ? ["connect-src 'self'"] : [];
  const own = [`script-src '${scriptHash}'`, `style-src '${styleHash}'`, ...connect];
  return ["default-src 'none'", ...own, "base-uri 'none'", "form-action 'none'"].join('; ');
}

/** The rows as they are packed: with each the number of the part of the details that it lies in. */
export function rowsJson(rows: readonly PageRow[], parts: ReadonlyMap<string, number>): string {
  return JSON.stringify({ rows, parts: rows.map(({ id }) => parts.get(id) ?? 0) });
}

/** Migrations in one part of the details. */
export const DETAILS_A_PART = 50;

/** A part of the details as it is packed. */
export function detailsJson(details: readonly PageDetail[]): string {
  return JSON.stringify(details);
}

function heading(): Html {
  return html`<a class="skip" href="#main">Skip to the content</a>
<header class="top"><p class="brand">novatrail</p><nav class="pages" aria-label="Pages"><a href="${FRONT_PLACE}" aria-current="page">Overview</a><a href="${migrationsPlace()}">Migrations</a><a href="${HOSTS_PLACE}">Hosts</a><a href="${TUNNEL_PLACE}">Tunnel</a></nav></header>
<noscript><p class="note">Only this overview is shown: charts, details and filters need JavaScript, which this file carries itself.</p></noscript>`;
}

/** So many rows can be read without the script. */
const FIRST = 50;

function firstRows(rows: readonly PageRow[]): Html {
  const caption = rows.length > FIRST ? `The first ${FIRST} of ${rows.length} migrations` : 'All migrations';
  return html`<div class="table">${rowsTable(rows.slice(0, FIRST), caption, null)}</div>`;
}

/** The script stands before the details: it shows the table while a browser still reads them. */
function withData(front: PageFront, { rows, details }: Embedded, run: string): string {
  const json = printableJson(JSON.stringify(front)).replaceAll('<', '\\u003c');
  const packed = (id: string, text: string) => `<script type="text/plain" id="data-${id}">${text}</script>\n`;
  return [
    `<script type="application/json" id="data-front">${json}</script>\n`,
    packed('rows', rows),
    run,
    ...details.map((part, at) => packed(`details-${at}`, part)),
  ].join('');
}
