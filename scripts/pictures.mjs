// Takes the pictures of the README from sample-logs/ into docs/: node scripts/pictures.mjs, after npm run build.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const PICTURES = [
  { name: 'report-front', place: '#/', from: 'main', height: 700 },
  { name: 'report-migration', place: '#/migration/c2b9546e-20180814T090022', from: '#story-title', height: 1120 },
];

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'novatrail-pictures-'));
try {
  const report = join(folder, 'report.html');
  const audit = ['bin/novatrail.js', 'audit', 'sample-logs/stx-campaign-2018', '--fail-on', 'never', '--quiet'];
  execFileSync(process.execPath, [...audit, '--html', report], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
  });
  for (const { name, place, from, height } of PICTURES) {
    const page = await browser.newPage({ viewport: { width: 1100, height: 2000 }, colorScheme: 'light' });
    await page.goto(pathToFileURL(report).href + place);
    await page
      .getByRole(place === '#/' ? 'searchbox' : 'img')
      .first()
      .waitFor();
    const { y } = await page.locator(from).boundingBox();
    await page.screenshot({ path: join(root, 'docs', `${name}.png`), clip: { x: 0, y: y - 10, width: 1100, height } });
  }
  await browser.close();
} finally {
  rmSync(folder, { recursive: true });
}
