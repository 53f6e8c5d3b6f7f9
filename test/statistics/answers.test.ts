import { join } from 'node:path';
import { expect, test } from 'vitest';
import { declaredBy } from '../../src/commands/shared.ts';
import type { Answer, WhatIf } from '../../src/explanation.ts';
import type { Case } from '../../src/judgement.ts';
import { Judge } from '../../src/judging.ts';
import type { Sample } from '../../src/model.ts';
import { parseCampaign } from '../../src/settings/campaign.ts';
import { whatIf } from '../../src/statistics/what-if.ts';
import { openStore } from '../../src/store/open.ts';
import { folderWith, readInto } from '../running.ts';
import { line, logOf, type Told, uuid } from '../sample-log.ts';

type Row = readonly [seconds: number, processed: number, remaining: number];

/** A guest that rewrites 600 MiB, sent at 100 MiB/s: a pass needs 6 s. What fits into 500 ms is left of every pass. */
const SAW_TOOTH: readonly Row[] = [1, 31, 61, 91, 121, 151].map((at) => {
  const after = 100 * at - 1950;
  return [at, 100 * at, after < 0 ? 2000 - 100 * at : Math.round(600 - (after % 550))];
});
const FIRST_PASS: readonly Row[] = [1, 31, 61].map((at) => [at, 20 * at, 4000 - 20 * at]);
const STILL: readonly Row[] = [
  [1, 100, 3900],
  [31, 101, 3899],
  [61, 102, 3898],
];

interface Given extends Partial<Told> {
  readonly instance?: string;
  /** Instead of the last line of an end. */
  readonly ends?: string;
  readonly defaults?: Record<string, unknown>;
  readonly workload?: Record<string, unknown>;
}

const TIMED_OUT = { progress: SAW_TOOTH, steps: [[0, 500]] as const, lasts: 181, timeout: { seconds: 180, lines: 2 } };
const CALLED_OFF = { ...TIMED_OUT, lasts: 160, ends: 'Migration operation was cancelled' };

test.each<[string, Given, keyof WhatIf, Partial<Answer>, RegExp]>([
  [
    'one that completed at once',
    { steps: [[0, 50]] },
    'downtime_ms',
    { kind: 'not-needed' },
    /whether less would have done does not show/,
  ],
  ['one that completed', { steps: [[0, 50]] }, 'timeout_s', { kind: 'not-needed' }, /It completed in 31 s/],
  ['one that completed', { steps: [[0, 50]] }, 'throttle_percent', { kind: 'not-needed' }, /It completed/],
  [
    'the saw-tooth',
    TIMED_OUT,
    'downtime_ms',
    { kind: 'range' },
    /every pass \d+ to \d+ MiB remained, and the wire carried 9\d.* to 10\d MiB a second/,
  ],
  [
    'the saw-tooth without auto-converge',
    TIMED_OUT,
    'timeout_s',
    { kind: 'none' },
    /at 500 ms every pass leaves more than fits/,
  ],
  [
    'the saw-tooth with it',
    { ...TIMED_OUT, defaults: { auto_converge: true } },
    'timeout_s',
    { kind: 'above', least: 181 },
    /only throttling or post-copy/,
  ],
  [
    'a limit that is enough',
    { ...CALLED_OFF, defaults: { downtime: 10_000 } },
    'timeout_s',
    { kind: 'range' },
    /the downtime steps allow what it needed/,
  ],
  [
    'a limit that may be enough',
    { ...CALLED_OFF, defaults: { downtime: 6000 } },
    'timeout_s',
    { kind: 'unknown' },
    /6000 ms lies within the error/,
  ],
  [
    'the first pass not over',
    { ...TIMED_OUT, progress: FIRST_PASS },
    'timeout_s',
    { kind: 'above', least: 181 },
    /first pass needed another 139 s/,
  ],
  [
    'the first pass not over',
    { ...TIMED_OUT, progress: FIRST_PASS },
    'downtime_ms',
    { kind: 'unknown' },
    /no second pass was seen/,
  ],
  [
    'a first pass that stands still',
    { ...TIMED_OUT, progress: STILL },
    'timeout_s',
    { kind: 'unknown' },
    /carried almost nothing/,
  ],
  ['no progress line', { ...TIMED_OUT, progress: [] }, 'downtime_ms', { kind: 'unknown' }, /no progress line shows/],
  [
    'no progress line',
    { ...TIMED_OUT, progress: [] },
    'throttle_percent',
    { kind: 'unknown' },
    /in a pass is not known/,
  ],
  [
    'another failure',
    { ...CALLED_OFF, ends: 'Live Migration failure: no route to host' },
    'timeout_s',
    { kind: 'none' },
    /a failure, not the time/,
  ],
  [
    'another failure',
    { ...CALLED_OFF, ends: 'Live Migration failure: no route to host' },
    'downtime_ms',
    { kind: 'range' },
    /another failure/,
  ],
  ['no end', { ...CALLED_OFF, ends: '' }, 'timeout_s', { kind: 'unknown' }, /the log shows no end/],
  ['no declared rate', TIMED_OUT, 'throttle_percent', { kind: 'unknown' }, /the same at 0 % and at 90 %/],
  [
    'a guest that waits for its disk',
    { ...TIMED_OUT, workload: { dirty_mib_s: 200 } },
    'throttle_percent',
    { kind: 'unknown' },
    /bound by its CPU/,
  ],
  [
    'a declared rate',
    { ...TIMED_OUT, workload: { dirty_mib_s: 200, cpu_bound: true } },
    'throttle_percent',
    { kind: 'range' },
    /: 60 %/,
  ],
  [
    'a slow guest',
    { ...TIMED_OUT, workload: { dirty_mib_s: 50, cpu_bound: true } },
    'throttle_percent',
    { kind: 'none' },
    /less than the wire/,
  ],
])('%s: %s %s', async (_, given, name, answer, says) => {
  const answers = whatIf(await caseOf(given));
  expect(answers[name]).toMatchObject(answer);
  expect(answers[name].text).toMatch(says);
});

test.each([
  ['Switching to post-copy migration mode', 'unknown', /switched to post-copy, and what it needed/],
  ['Live migration not completed after 20 sec', 'unknown', /nova forced it/],
  ['Data remaining 5 bytes, low watermark 4 bytes 3 seconds ago', 'not-needed', /It completed as it was/],
])('one that completed after "%s" is not taken for one that completed by itself', async (message, kind, says) => {
  const between = `${line(80, `[req-1 u1 p1 - default default] [instance: ${uuid(1)}] ${message}`)}\n`;
  const answer = whatIf(await caseOf({ steps: [[0, 50]] }, between)).downtime_ms;
  expect(answer).toMatchObject({ kind, text: expect.stringMatching(says) });
});

test('one that completed although every pass left more than fits was helped', async () => {
  const { downtime_ms } = whatIf(await caseOf({ progress: SAW_TOOTH, steps: [[0, 500]], lasts: 181 }));
  expect(downtime_ms).toMatchObject({
    kind: 'range',
    text: expect.stringContaining('completed with 500 ms all the same'),
  });
  const enough = whatIf(
    await caseOf({
      progress: SAW_TOOTH,
      steps: [
        [0, 500],
        [130, 9000],
      ],
      lasts: 181,
    }),
  );
  expect(enough.downtime_ms).toMatchObject({ kind: 'range', text: expect.stringMatching(/ It completed\.$/) });
});

test('the ranges hold what is so', async () => {
  const { downtime_ms, throttle_percent } = whatIf(
    await caseOf({ ...TIMED_OUT, workload: { dirty_mib_s: 200, cpu_bound: true } }),
  );
  expect(rangeOf(downtime_ms)).toMatchObject({
    low: expect.toSatisfy((low) => low < 6000),
    high: expect.toSatisfy((high) => high > 6000),
  });
  expect(rangeOf(throttle_percent)).toMatchObject({
    low: expect.toSatisfy((low) => low < 50),
    high: expect.toSatisfy((high) => high > 50),
  });
});

test('samples of the job tell more than progress lines, and name themselves', async () => {
  const subject = await caseOf(TIMED_OUT);
  const samples = Array.from({ length: 100 }, (_, index) => sampleAt(subject, 20 + index, null));
  const [printed, sampled] = [whatIf(subject), whatIf({ ...subject, samples })].map(({ downtime_ms }) => downtime_ms);
  const width = (answer: Answer | undefined) => (answer ? rangeOf(answer).high - rangeOf(answer).low : Number.NaN);
  expect(width(sampled)).toBeLessThan(width(printed));
  expect(sampled?.proofs.every(({ ref }) => ref.path === 'domjobinfo.txt')).toBe(true);
});

test('a throttle that was seen is told of one that completed', async () => {
  const subject = await caseOf({ steps: [[0, 50]] });
  const { throttle_percent } = whatIf({ ...subject, samples: [sampleAt(subject, 5, 20), sampleAt(subject, 9, 40)] });
  expect(throttle_percent).toMatchObject({ kind: 'not-needed', proofs: [{ ref: { line: 9 } }] });
  expect(throttle_percent.text).toContain('completed with a throttle of 40 %');
});

function rangeOf(answer: Answer): { low: number; high: number } {
  if (answer.kind !== 'range') throw new Error(`${answer.kind}: ${answer.text}`);
  return answer.range;
}

/** The job as virsh shows it so many seconds after the start, by the same saw-tooth. */
function sampleAt({ migration }: Case, seconds: number, throttle_percent: number | null): Sample {
  const MIB = 1048576;
  const fields = {
    ...{ live: true, status: 'active', throttle_percent, memory_total: 4096 * MIB },
    ...{ memory_processed: 100 * seconds * MIB, memory_remaining: (600 - ((100 * seconds - 1950 + 5500) % 550)) * MIB },
  };
  const ref = { path: 'domjobinfo.txt', line: seconds, offset: seconds };
  return {
    kind: 'job',
    at: (migration.startedAt ?? 0) + seconds * 1000,
    host: null,
    domain: null,
    instance: null,
    fields,
    text: '',
    ref,
  };
}

/** The only migration of a log that says this; the instance is declared, with auto-converge off unless given. */
async function caseOf({ ends, defaults, workload, ...told }: Given, between = ''): Promise<Case> {
  const whole = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, ...told }]);
  const last =
    ends === ''
      ? ''
      : `${line(60 + (told.lasts ?? 30), `[req-1 u1 p1 - default default] [instance: ${uuid(1)}] ${ends}`)}\n`;
  const cut = whole
    .split('\n')
    .filter((row) => !/Live migration not completed|Migration operation was cancelled/.test(row));
  const [head = '', end = ''] = whole.split(/(?<=\n)(?=.*Migration operation has completed)/);
  const log = ends === undefined ? head + between + end : cut.join('\n') + last;
  const folder = folderWith({ 'compute-0/nova-compute.log': log });
  const declared = { auto_converge: false, downtime: 500, timeout: 180, ...defaults };
  const campaign = JSON.stringify({
    novatrail: 1,
    profile: 'stx-2018',
    defaults: declared,
    instances: { vm: { id: uuid(1), ...(workload ? { workload: { constant: true, ...workload } } : {}) } },
  });
  const db = openStore(null);
  try {
    await readInto(db, [join(folder, 'compute-0')]);
    const judge = new Judge(db, declaredBy({}, parseCampaign(campaign, 'c.yaml')));
    const cases = judge.cases(uuid(1));
    if (cases.length !== 1) throw new Error(`${cases.length} migrations`);
    return cases[0] as Case;
  } finally {
    db.close();
  }
}
