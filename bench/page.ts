// How large the page of many migrations is, and how soon a browser shows it: node bench/page.ts [COUNT]. The migrations are those
// of a campaign in sample-logs/, over and over, each time on another day and with other ids.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { median } from './measure.ts';
import { NOVATRAIL } from './programs.ts';

const RUNS = 5;
const CAMPAIGN = join(import.meta.dirname, '../sample-logs/stx-campaign-2018');
const HOSTS = ['compute-0', 'compute-1'];
const EACH = 16;
const DAY_MS = 86_400_000;

const count = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), 'novatrail-page-'));
try {
  for (const host of HOSTS) {
    const log = readFileSync(join(CAMPAIGN, host, 'nova-compute.log'), 'utf8');
    mkdirSync(join(folder, host));
    const copies = Array.from({ length: Math.ceil(count / EACH) }, (_, copy) => another(log, copy));
    writeFileSync(join(folder, host, 'nova-compute.log'), copies.join(''));
  }
  const page = join(folder, 'report.html');
  const declared = ['--profile', 'stx-2018', '--set', 'timeout=150,downtime=400'];
  const started = performance.now();
  execFileSync(
    process.execPath,
    [NOVATRAIL, 'audit', folder, ...declared, '--fail-on', 'never', '--quiet', '--html', page],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const seconds = (performance.now() - started) / 1000;
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const shown: Opened[] = [];
  for (let run = 0; run < RUNS; run += 1) shown.push(await opened(browser, page));
  await browser.close();
  const middle = (name: keyof Opened) => `${median(shown.map((each) => each[name])).toFixed(0)} ms`;
  process.stdout.write(
    `${EACH * Math.ceil(count / EACH)} migrations: audited and written in ${seconds.toFixed(1)} s, ${(statSync(page).size / 2 ** 20).toFixed(1)} MiB; ` +
      `first paint after ${middle('paint')}, the whole table after ${middle('table')}, one migration ${middle('detail')} after its link (medians of ${RUNS})\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** The same log so many days later, of other instances and requests. */
function another(log: string, copy: number): string {
  const digits = copy.toString(16).padStart(4, '0');
  return log
    .replace(/^\d{4}-\d\d-\d\d/gm, (day) => new Date(Date.parse(day) + copy * DAY_MS).toISOString().slice(0, 10))
    .replace(/\b([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `$1${digits}$2`);
}

/** Milliseconds. */
interface Opened {
  readonly paint: number;
  readonly table: number;
  readonly detail: number;
}

async function opened(browser: Browser, path: string): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const now = () => page.evaluate('performance.now()') as Promise<number>;
  await page.goto(pathToFileURL(path).href, { waitUntil: 'commit' });
  await page.getByRole('searchbox').waitFor();
  const table = await now();
  const paint = (await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")) as number;
  const before = await now();
  await page.getByRole('table', { name: 'All migrations' }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  const detail = (await now()) - before;
  await page.close();
  return { paint, table, detail };
}
