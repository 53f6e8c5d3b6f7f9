import type { PageDetail, PageFront, PageRow } from '../report/page-shapes.ts';
import { frontView } from '../report/views/front.ts';
import { hostsView, hostView } from '../report/views/host.ts';
import { type Html, html } from '../report/views/html.ts';
import { migrationView } from '../report/views/migration.ts';
import { tunnelView } from '../report/views/tunnel.ts';
import { drawCharts } from './charts.ts';
import { embeddedSource } from './embedded.ts';
import { liveSource } from './live.ts';
import { type Route, routeOf } from './route.ts';
import { mountTable } from './table.ts';
import { FILTER_NAMES, stateFrom, type TableState } from './table-state.ts';

const source = embeddedSource(document) ?? liveSource();
const main = document.getElementById('main') as HTMLElement;
const title = document.title;
/** What the tables of pages were left like, by address. */
const states = new Map<string, TableState>();

let shown: { readonly key: string; readonly html: string } = { key: '', html: main.innerHTML };
let undraw = () => {};
/** Counts what was asked for: what is not the latest any more when its data come is not shown. */
let asked = 0;

addEventListener('hashchange', () => void show('go'));
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
source.changed(() => void show('refresh'));
void show('open');

/** Shows the page that the address means. `go`: somebody followed a link; `refresh`: the same page, for its data changed. */
async function show(why: 'open' | 'go' | 'refresh'): Promise<void> {
  asked += 1;
  const turn = asked;
  const route = routeOf(location.hash);
  const key = `${route.page}/${route.name}`;
  if (why !== 'go' || key !== shown.key || route.page === 'migrations') {
    main.setAttribute('aria-busy', 'true');
    const draw = await prepared(route, key);
    if (turn !== asked) return;
    const focused = selectorOf(document.activeElement);
    draw();
    main.removeAttribute('aria-busy');
    if (why === 'refresh' && focused !== null) refocus(focused);
  }
  if (why !== 'refresh') land(route, why);
}

/** Fetches what a page shows. Gives what draws it, or what went wrong. */
async function prepared(route: Route, key: string): Promise<() => void> {
  try {
    const front = await source.front();
    if (route.page === 'migration') {
      const detail = await source.detail(route.name);
      return () => drawMigration(route.name, key, detail, front);
    }
    const rows = await source.rows();
    return () => drawPage(route, key, rows, front);
  } catch (error) {
    return () => put(key, html`<h1>This page cannot be shown</h1><p role="alert">${String(error)}</p>`);
  }
}

function drawPage(route: Route, key: string, rows: readonly PageRow[], front: PageFront): void {
  put(key, viewOf(route, front));
  const place = main.querySelector('.table');
  if (place === null) return;
  const own = rows.filter((row) => isOf(row, route));
  mountTable(place, own, stateOf(route, key), (state) => keep(route, key, state));
}

function drawMigration(id: string, key: string, detail: PageDetail | null, { rules }: PageFront): void {
  if (detail === null) {
    put(key, html`<h1>No such migration</h1><p>There is none with the id ${id}.</p>`);
    return;
  }
  if (!put(key, migrationView(detail, rules))) return;
  const place = document.getElementById('charts');
  if (place !== null) undraw = drawCharts(place, detail);
}

/** What leads to the same element when the page is made anew. */
function selectorOf(element: Element | null): string | null {
  if (element === null || !main.contains(element)) return null;
  if (element.id !== '') return `#${CSS.escape(element.id)}`;
  for (const name of ['name', 'href']) {
    const value = element.getAttribute(name);
    if (value !== null) return `[${name}="${CSS.escape(value)}"]`;
  }
  return null;
}

const TABLE = html`<div class="table"></div>`;

function viewOf({ page, name }: Route, front: PageFront): Html {
  if (page === 'front') return frontView(front, TABLE);
  if (page === 'migrations') return html`<h1>Migrations</h1>${TABLE}`;
  if (page === 'tunnel') return tunnelView(front.tunnel);
  const host = page === 'host' ? front.hosts.find((each) => each.host === name) : undefined;
  if (host !== undefined) return hostView(host, front, TABLE);
  return page === 'host' ? html`<h1>No such host</h1><p>No log names ${name}.</p>` : hostsView(front);
}

function isOf({ source_host, destination_host }: PageRow, { page, name }: Route): boolean {
  return page !== 'host' || source_host === name || destination_host === name;
}

/** Replaces what is shown, unless it is the same; what was unfolded stays so. False where nothing changed. */
function put(key: string, view: Html): boolean {
  if (key === shown.key && view.html === shown.html) return false;
  const open = new Set(
    key === shown.key
      ? unfoldable()
          .filter(({ open }) => open)
          .map(nameOf)
      : [],
  );
  undraw();
  undraw = () => {};
  shown = { key, html: view.html };
  main.innerHTML = view.html;
  for (const details of unfoldable()) details.open = open.has(nameOf(details));
  return true;
}

function unfoldable(): HTMLDetailsElement[] {
  return [...main.querySelectorAll('details')];
}

/** What it stands beside, and what it says. */
function nameOf(details: HTMLDetailsElement): string {
  const beside = details.closest('li, tr, section')?.querySelector('code, h2')?.textContent ?? '';
  return `${beside} ${details.querySelector('summary')?.textContent ?? ''}`;
}

function stateOf({ page, query }: Route, key: string): TableState {
  const asked = FILTER_NAMES.some((name) => query.has(name));
  return (page === 'migrations' && asked ? null : states.get(key)) ?? stateFrom(query);
}

/** The table of migrations has its filter in the address, so that it can be passed on. */
function keep({ page }: Route, key: string, state: TableState): void {
  states.set(key, state);
  if (page !== 'migrations') return;
  const given = FILTER_NAMES.filter((name) => state.filter[name] !== '').map((name) => [name, state.filter[name]]);
  history.replaceState(null, '', `#/migrations${given.length === 0 ? '' : `?${new URLSearchParams(given)}`}`);
}

/** Whoever types goes on at the end of what is typed. */
function refocus(selector: string): void {
  const element = main.querySelector<HTMLElement>(selector);
  element?.focus({ preventScroll: true });
  if (element instanceof HTMLInputElement) element.setSelectionRange(element.value.length, element.value.length);
}

/** Puts the reader where the link leads: at a line, at a part of the page, else at its beginning. */
function land({ page, name, query, anchor }: Route, why: string): void {
  const line = query.get('line');
  const target = document.getElementById(line === null ? (anchor ?? '') : `line-${line}`);
  for (const each of main.querySelectorAll('.here')) each.classList.remove('here');
  for (const link of document.querySelectorAll('nav.pages a')) {
    const at = routeOf(link.getAttribute('href') ?? '').page;
    if (at === page || at === `${page}s`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = page === 'front' ? title : `${name || page} – ${title}`;
  if (target !== null) {
    target.classList.add('here');
    target.scrollIntoView({ block: line === null ? 'start' : 'center' });
    target.focus({ preventScroll: true });
  } else if (why === 'go') {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}
