import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeInBrowser, graveFaults, shows } from '../browser.ts';
import { startTail, until } from '../faults/running-tail.ts';
import { append } from '../faults/writer.ts';
import { line, logOf, uuid } from '../sample-log.ts';
import { scratch } from '../scratch.ts';
import { startServe } from './running-serve.ts';

const CAMPAIGN = `novatrail: 1
profile: stx-2018
instances:
  vm:
    id: ${uuid(1)}
    flavor: { "hw:wrs:live_migration_timeout": "150", "hw:wrs:live_migration_max_downtime": "100" }
`;
const first = logOf([{ instance: uuid(2), request: 'req-2', from: 60, lasts: 30, steps: [[0, 50]] }]);
const failing = logOf([
  {
    instance: uuid(1),
    request: 'req-1',
    from: 200,
    lasts: 90,
    steps: [[0, 500]],
    progress: [
      [1, 0, 4096],
      [40, 3000, 1000],
      [80, 6000, 300],
    ],
  },
])
  .trimEnd()
  .split('\n');
const SCRIPT = '<script>document.title=1</script>';
const hostile = [
  ...failing.slice(0, 2),
  line(210, `[req-1 u1 p1 - default default] [instance: ${uuid(1)}] Live Migration failure: ${SCRIPT}`, {
    level: 'ERROR',
  }),
];

/** A tail and a dashboard on one store; what the dashboard is asked by, and what appends to the log. */
async function running(): Promise<{ at: string; write: (lines: readonly string[]) => void }> {
  const folder = scratch({ 'compute-0/nova-compute.log': first, 'campaign.yaml': CAMPAIGN });
  const tail = startTail(folder, ['compute-0', '--db', 'a.db', '--campaign', 'campaign.yaml', '--poll', '0.5']);
  await until(() => tail.printed.err.includes('following'), 'the start of the tail');
  const at = await startServe(folder, ['--listen', '127.0.0.1:0']).at();
  return { at, write: (lines) => append(join(folder, 'compute-0/nova-compute.log'), lines) };
}

describeInBrowser('the dashboard', (open) => {
  test('new migrations and verdicts appear without reload, and lead to their lines', async () => {
    const { at, write } = await running();
    const { page, wrong } = await open(`${at}/`);
    onTestFinished(() => page.context().close());
    await shows(page, 'Live migrations');
    await page.evaluate('window.loaded = "once"');
    const short = (number: number) => uuid(number).slice(0, 8);
    await page.getByRole('link', { name: new RegExp(`^${short(2)}`) }).waitFor();
    expect(await page.getByText('downtime-over-limit').count()).toBe(0);

    write(failing.slice(0, 3));
    const row = page.getByRole('row').filter({ hasText: short(1) });
    await row.filter({ hasText: 'no end in the log' }).filter({ hasText: 'downtime-over-limit' }).waitFor();

    await page.getByRole('link', { name: new RegExp(`^${short(1)}`) }).click();
    await shows(page, /vm|00000001/);
    await page.getByText('Increasing downtime to 500 ms').first().waitFor({ state: 'attached' });
    expect(await page.getByText('job completed').count()).toBe(0);
    write(failing.slice(3));
    await page.getByText('job completed').first().waitFor({ state: 'attached' });
    expect(await page.evaluate('window.loaded')).toBe('once');
    expect(wrong).toEqual([]);
  });

  test('a log line with a script is text', async () => {
    const { at, write } = await running();
    write(hostile);
    const { page, wrong } = await open(`${at}/`);
    onTestFinished(() => page.context().close());
    await page.getByRole('link', { name: new RegExp(`^${uuid(1).slice(0, 8)}`) }).click();
    await page.getByText(SCRIPT).first().waitFor({ state: 'attached' });
    expect(await page.title()).toContain('novatrail');
    expect(wrong).toEqual([]);
  });

  test('axe finds nothing grave, nothing is too wide, wide and narrow, light and dark', async () => {
    const { at, write } = await running();
    write(failing);
    for (const [width, colorScheme] of [
      [1280, 'dark'],
      [390, 'light'],
    ] as const) {
      const { page, wrong } = await open(`${at}/`, { colorScheme, viewport: { width, height: 900 } });
      for (const place of ['', '#/migrations', '#/hosts', '#/tunnel']) {
        await page.goto(`${at}/${place}`);
        await page.locator('main h1').waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), place).toBeLessThanOrEqual(0);
        expect(await graveFaults(page), place).toEqual([]);
      }
      expect(wrong).toEqual([]);
      await page.context().close();
    }
  });

  test('a page that is not told of changes any more says so, until it is again', async () => {
    const folder = scratch({ 'compute-0/nova-compute.log': first });
    const tail = startTail(folder, ['compute-0', '--db', 'a.db', '--poll', '0.5']);
    await until(() => tail.printed.err.includes('following'), 'the start of the tail');
    const before = startServe(folder, ['--listen', '127.0.0.1:0']);
    const at = await before.at();
    const { page } = await open(`${at}/`);
    onTestFinished(() => page.context().close());
    await shows(page, 'Live migrations');
    const notice = page.getByRole('status').filter({ hasText: 'connection to the dashboard is lost' });
    expect(await notice.count()).toBe(0);
    before.child.kill('SIGTERM');
    await notice.waitFor();
    append(join(folder, 'compute-0/nova-compute.log'), failing);
    await startServe(folder, ['--listen', at.replace('http://', '')]).at();
    await notice.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: new RegExp(`^${uuid(1).slice(0, 8)}`) }).waitFor();
  });

  test('with a token the page is reached by its address once, and by its cookie then', async () => {
    const folder = scratch({ 'compute-0/nova-compute.log': first });
    const tail = startTail(folder, ['compute-0', '--db', 'a.db']);
    await until(() => tail.printed.err.includes('following'), 'the start of the tail');
    const token = '0123456789abcdef';
    const at = await startServe(folder, ['--listen', '127.0.0.1:0', '--token', token]).at();
    const { page, wrong } = await open(`${at}/?token=${token}`);
    onTestFinished(() => page.context().close());
    await shows(page, 'Live migrations');
    await page.getByRole('link', { name: new RegExp(`^${uuid(2).slice(0, 8)}`) }).waitFor();
    expect(page.url()).not.toContain(token);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(wrong).toEqual([]);
  });
});
