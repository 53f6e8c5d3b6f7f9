import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser, graveFaults, shows } from '../browser.ts';
import { called, ROOT, remove, temporary } from '../scratch.ts';

const folder = temporary({});
const report = pathToFileURL(join(folder, 'report.html')).href;
beforeAll(async () => {
  const campaigns = ['sample-logs/stx-campaign-2018', 'sample-logs/upstream-campaign'];
  const args = ['audit', ...campaigns, '--quiet', '--fail-on', 'never', '--html', join(folder, 'report.html')];
  expect((await called(ROOT, args)).code).toBe(0);
});
afterAll(() => remove(folder));

const VIEWS = [
  ['#/', 'Live migrations'],
  ['#/migrations', 'Migrations'],
  ['#/migration/17147019-20230307T132016', 'queue'],
  ['#/migration/c2b9546e-20180814T090022', 'vm-converge'],
  ['#/hosts', 'Hosts'],
  ['#/host/compute-b', 'compute-b'],
  ['#/tunnel', 'Tunnel against no tunnel'],
] as const;

describeInBrowser('every view', (open) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      test(`${colorScheme}, ${width} pixels wide: nothing is wrong, nothing is too wide, axe finds nothing grave`, async () => {
        const { page, wrong } = await open(report, { colorScheme, viewport: { width, height: 900 } });
        for (const [place, heading] of VIEWS) {
          await page.goto(report + place);
          await shows(page, heading);
          const [needed, given] = (await page.evaluate(
            '[document.documentElement.scrollWidth, innerWidth]',
          )) as number[];
          expect(needed, `${place}: pixels needed`).toBeLessThanOrEqual(given ?? 0);
          // What is dark differs from what is light in its contrasts only.
          const rule = colorScheme === 'dark' ? 'color-contrast' : null;
          if (rule === null || width === 1280) expect(await graveFaults(page, rule), place).toEqual([]);
        }
        expect(wrong).toEqual([]);
      });
    }
  }
});
