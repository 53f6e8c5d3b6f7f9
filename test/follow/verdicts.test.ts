import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCampaign } from '../../src/settings/campaign.ts';
import { follow, placesIn, writtenAt } from '../follow-rig.ts';
import { line, logOf, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';

const BEGIN = Date.UTC(2018, 6, 2, 14, 0, 0);
const CAMPAIGN = `novatrail: 1
profile: stx-2018
instances:
  vm:
    id: ${uuid(1)}
    flavor: { "hw:wrs:live_migration_timeout": "150", "hw:wrs:live_migration_max_downtime": "100" }
`;
const declared = { campaign: parseCampaign(CAMPAIGN, 'campaign.yaml'), set: {}, profile: 'stx-2018' as const };
const late = logOf([
  {
    instance: uuid(1),
    request: 'req-1',
    from: 60,
    lasts: 300,
    steps: [[0, 500]],
    progress: [
      [1, 0, 4096],
      [290, 900, 4000],
    ],
  },
])
  .trimEnd()
  .split('\n');

describe('a verdict is announced', () => {
  test('once, with the line that proves it, and not again after a restart or a kill', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
    let rig = await follow(db, [log], { declared });
    const told: string[] = [];
    for (const [index, each] of late.entries()) {
      appendFileSync(log, `${each}\n`);
      rig.look();
      told.push(...rig.announced.splice(0).map(({ rule }) => `${index} ${rule}`));
      if (index % 2 === 0) rig.stop();
      else rig.kill();
      rig = await follow(db, [log], { declared });
      rig.look();
    }
    expect(told).toContain(
      `${late.findIndex((text) => text.includes('Increasing downtime to 500 ms'))} downtime-over-limit`,
    );
    expect(told).toContain(`${late.findIndex((text) => text.includes('running for 290'))} timeout-missed`);
    expect(new Set(told.map((each) => each.split(' ')[1])).size).toBe(told.length);
  });

  test('after the crash, where it came between storing and telling', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': late.map((each) => `${each}\n`).join('') }));
    const rig = await follow(db, [log], {
      declared,
      announce: () => {
        throw new Error('crashed');
      },
    });
    expect(() => rig.look()).toThrow('crashed');
    rig.kill();
    const again = await follow(db, [log], { declared });
    expect(again.announced.map(({ rule }) => rule)).toContain('timeout-missed');
  });

  test('with its evidence', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': late.map((each) => `${each}\n`).join('') }));
    const rig = await follow(db, [log], { declared });
    rig.look();
    const missed = rig.announced.find(({ rule }) => rule === 'timeout-missed');
    expect(missed).toMatchObject({ instance: uuid(1), source_host: 'compute-0', stands: true, severity: 'error' });
    for (const { path, line: number, text } of missed?.evidence ?? []) {
      expect(path).toBe(log);
      expect(late[number - 1]).toBe(text);
    }
  });
});

describe('a timeout that nova misses in silence', () => {
  const begun = late
    .filter((text) => !/running for 290|has completed|finished|all done/.test(text))
    .map((each) => `${each}\n`)
    .join('');
  /** The monitor began at 60 s; the timeout is 150 s; a stalled monitor is given 30 s. */
  const missedAt = BEGIN + (60 + 150 + 30) * 1000;

  test('is told at the moment when it is missed', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': begun }));
    const written = BEGIN + 61_000;
    writtenAt(log, written);
    const rig = await follow(db, [log], { declared, now0: written });
    rig.look();
    rig.pass((missedAt - written) / 1000 - 1);
    expect(rig.announced.map(({ rule }) => rule)).not.toContain('timeout-missed');
    rig.pass(1);
    expect(rig.announced.map(({ rule }) => rule)).toContain('timeout-missed');
    expect(rows(db, "SELECT status FROM verdicts WHERE rule = 'timeout-missed'")).toEqual([{ status: 'fail' }]);
  });

  test('is told by the zone of no clock: what counts is how long the file was silent', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': begun }));
    const written = Date.UTC(2024, 4, 1);
    writtenAt(log, written);
    const rig = await follow(db, [log], { declared, now0: written });
    rig.look();
    rig.pass(179);
    expect(rig.announced.map(({ rule }) => rule)).toContain('timeout-missed');
  });

  test('is told by a log that goes on with other things', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': begun }));
    const rig = await follow(db, [log], { declared });
    rig.look();
    appendFileSync(log, `${line(239, '[-] other things')}\n`);
    rig.look();
    expect(rig.announced.map(({ rule }) => rule)).not.toContain('timeout-missed');
    appendFileSync(log, `${line(240, '[-] other things')}\n`);
    rig.look();
    // Lines that say nothing of migrations are stored a second later.
    rig.pass(1);
    expect(rig.announced.map(({ rule }) => rule)).toContain('timeout-missed');
  });

  test('is taken back where nova-compute turns out to have been started anew', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': begun }));
    const written = BEGIN + 61_000;
    writtenAt(log, written);
    const rig = await follow(db, [log], { declared, now0: written });
    rig.look();
    rig.pass(180);
    expect(rig.announced.map(({ rule }) => rule)).toContain('timeout-missed');
    rig.announced.length = 0;
    appendFileSync(log, `${line(241, '[-] Starting compute node (version 16.0.4)', { logger: 'nova.service' })}\n`);
    rig.look();
    rig.pass(1);
    expect(rig.announced).toContainEqual(expect.objectContaining({ rule: 'timeout-missed', stands: false }));
  });

  test('is taken back where the line comes after all', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': begun }));
    const written = BEGIN + 61_000;
    writtenAt(log, written);
    const rig = await follow(db, [log], { declared, now0: written });
    rig.look();
    rig.pass(180);
    rig.announced.length = 0;
    appendFileSync(
      log,
      `${line(210.5, `[req-1 u1 p1 - default default] [instance: ${uuid(1)}] Live migration not completed after 150 sec`, { level: 'WARNING', logger: 'nova.virt.libvirt.migration' })}\n`,
    );
    rig.look();
    expect(rig.announced).toContainEqual(expect.objectContaining({ rule: 'timeout-missed', stands: false }));
  });
});
