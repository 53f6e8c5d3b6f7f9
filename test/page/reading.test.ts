import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser, shows } from '../browser.ts';
import { at, covered, running, VM } from '../rules/log-text.ts';
import { called, ROOT, remove, temporary } from '../scratch.ts';

const EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'&';
const log = covered(`${running(200)}
  ${at(206)} ERROR driver: Live Migration failure: ${EVIL}
  ${at(207)} ERROR driver: Migration operation has aborted`);
const folder = temporary({ '<b>node/nova-compute.log': log });
const pages = { campaign: '', evil: '' };
beforeAll(async () => {
  pages.campaign = await written(ROOT, 'sample-logs/stx-campaign-2018', 'campaign.html');
  pages.evil = await written(folder, '.', 'evil.html');
});
afterAll(() => remove(folder));

async function written(cwd: string, logs: string, name: string): Promise<string> {
  const path = join(folder, name);
  expect((await called(cwd, ['audit', logs, '--quiet', '--fail-on', 'never', '--html', path])).code).toBe(0);
  return pathToFileURL(path).href;
}

describeInBrowser('reading the report', (open) => {
  test('from the front page to a line of evidence and the lines around it', async () => {
    const { page, wrong } = await open(pages.campaign);
    await page.getByRole('row', { name: 'tunnel-contradicted' }).getByRole('link').first().click();
    await shows(page, 'Migrations');
    await page.getByRole('link', { name: '71f2223f-20180814T094220' }).click();
    const verdict = page
      .getByRole('listitem')
      .filter({ hasText: 'tunnel-contradicted' })
      .filter({ hasText: 'context' });
    const cited = verdict.locator('.line').first();
    await cited.locator('summary').click();
    const around = await cited.locator('pre span').allTextContents();
    expect(around.length).toBeGreaterThan(2);
    const own = await cited.locator('summary .text').textContent();
    expect(around).toContain(own);
    expect(await cited.locator('pre .cited').textContent()).toBe(own);
    expect(wrong).toEqual([]);
  });

  test('a number behind a sentence leads to its line', async () => {
    const { page } = await open(`${pages.campaign}#/migration/e638bca4-20180814T090624`);
    const cite = page.locator('.story .cite').first();
    const number = await cite.textContent();
    await cite.click();
    const line = page.locator('.lines .here');
    await line.waitFor();
    expect(await line.getAttribute('value')).toBe(number);
    await expect.poll(() => page.evaluate("document.activeElement.className.includes('here')")).toBe(true);
  });

  test('what a log says is text, whatever it says', async () => {
    const { page, wrong } = await open(pages.evil);
    await page
      .getByRole('link', { name: new RegExp(`^${VM.slice(0, 8)}-`) })
      .first()
      .click();
    await page.getByText(EVIL, { exact: false }).first().waitFor();
    expect(await page.locator('main script, main img, main b.node').count()).toBe(0);
    await page.goto(`${pages.evil}#/host/${encodeURIComponent('<b>node')}`);
    await shows(page, '<b>node');
    expect(wrong).toEqual([]);
  });

  test('without the script the front page is there: certificate, broken rules, migrations', async () => {
    const { page } = await open(pages.campaign, { javaScriptEnabled: false });
    for (const table of ['Live Migration Tunnelling', 'Rules that failed', 'All migrations']) {
      expect(await page.getByRole('table', { name: table }).isVisible(), table).toBe(true);
    }
    expect(await page.getByRole('table', { name: 'All migrations' }).getByRole('row').count()).toBe(17);
  });

  test('the keyboard alone leads from the front page to a migration and back', async () => {
    const { page } = await open(pages.campaign);
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await tabTo(page, 'Migrations');
    await page.keyboard.press('Enter');
    await shows(page, 'Migrations');
    await page.keyboard.press('Tab');
    await page.keyboard.type('71f2223f');
    await page.getByText('1 to 1 of 1').waitFor();
    await tabTo(page, '71f2223f-20180814T094220');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Verdicts' }).waitFor();
    await page.goBack();
    await shows(page, 'Migrations');
    expect(await page.getByRole('searchbox').inputValue()).toBe('71f2223f');
  });

  test('the table is filtered, ordered, and told apart in the address', async () => {
    const { page } = await open(`${pages.campaign}#/migrations`);
    await page.getByLabel('Outcome').selectOption('timed-out');
    await page.getByText('1 to 3 of 3').waitFor();
    expect(page.url()).toContain('#/migrations?outcome=timed-out');
    await page.getByRole('button', { name: 'Duration' }).click();
    const column = page.getByRole('columnheader', { name: 'Duration' });
    expect(await column.getAttribute('aria-sort')).toBe('ascending');
    const first = () => page.getByRole('table').getByRole('row').nth(1).textContent();
    expect(await first()).toContain('2 min 32 s');
    await page.getByRole('button', { name: 'Duration' }).click();
    expect(await column.getAttribute('aria-sort')).toBe('descending');
    expect(await first()).toContain('3 min 02 s');
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByText('No migration is like that.').waitFor();
  });

  test('the charts show each part of a course, and the same stands there in figures', async () => {
    const { page } = await open(`${pages.campaign}#/migration/c2b9546e-20180814T090022`);
    const charts = page.getByRole('img');
    await charts.first().waitFor();
    const told = await charts.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    expect(told.map((text) => text?.split(/[ :]/)[0])).toEqual(['Memory', 'Rates', 'Downtime', "QEMU's"]);
    expect(told[3]).toContain('60 % at most');
    await page.getByText('The same in figures').click();
    expect(await page.getByRole('table', { name: 'Throttle' }).getByRole('row').last().textContent()).toContain('60 %');
  });

  test('printed it is light, without controls', async () => {
    const { page } = await open(pages.campaign, { colorScheme: 'dark' });
    await page.getByRole('searchbox').waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('what is not there is said', async () => {
    const { page } = await open(`${pages.campaign}#/migration/nobody`);
    await shows(page, 'No such migration');
    await page.goto(`${pages.campaign}#/host/nobody`);
    await shows(page, 'No such host');
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent') as Promise<string>;
}

async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === text) return;
  }
  throw new Error(`the keyboard does not lead to ${text}`);
}
