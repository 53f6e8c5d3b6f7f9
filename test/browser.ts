import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { ROOT } from './scratch.ts';

const PATH = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Tests that look at pages in a real browser, one for all of them. Without one they fail in CI, and are left out elsewhere. */
export function describeInBrowser(name: string, tests: (open: OpenPage) => void): void {
  if (PATH === undefined && process.env.CI === undefined) {
    process.stderr.write(`${name}: left out, for there is no chromium (apt-get install chromium)\n`);
    describe.skip(name, () => tests(() => Promise.reject(new Error('no chromium'))));
    return;
  }
  describe(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      if (PATH === undefined) throw new Error('there is no chromium: apt-get install chromium');
      // Chromium's sandbox does not run as root.
      browser = await chromium.launch({ executablePath: PATH, chromiumSandbox: process.getuid?.() !== 0 });
    });
    afterAll(() => browser?.close());
    tests((address, options) => opened(browser, address, options));
  });
}

/** A page in a context of its own, and everything that went wrong in it: errors, and what its policy refused. */
export type OpenPage = (address: string, options?: BrowserContextOptions) => Promise<{ page: Page; wrong: string[] }>;

async function opened(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; wrong: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return { page, wrong };
}

/** Waits until a page shows a heading. */
export async function shows(page: Page, heading: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe finds grave in a page, by all its rules or by one of them: the rule, and where. */
export async function graveFaults(page: Page, rule: string | null = null): Promise<string[]> {
  await page.evaluate(AXE);
  const options = { resultTypes: ['violations'], ...(rule === null ? {} : { runOnly: [rule] }) };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}
