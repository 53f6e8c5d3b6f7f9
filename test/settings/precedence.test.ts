import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Migration, Settings } from '../../src/model.ts';
import { parseCampaign } from '../../src/settings/campaign.ts';
import { settingsOf } from '../../src/settings/effective.ts';

const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';
const quiet = { instance: VM, dialect: null, timeline: [], startedAt: null, endedAt: null } as unknown as Migration;

/** What flavor, instance and image say of one setting; undefined: nothing. */
interface Given {
  readonly flavor?: string | undefined;
  readonly instance?: string | undefined;
  readonly image?: string | undefined;
}

/** nova.conf of every case: 180 s, 500 ms, auto-converge and tunnel on. */
function inForce(name: string, { flavor, instance, image }: Given): Settings {
  const one = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
  const vm = {
    id: VM,
    flavor: one(`hw:wrs:live_migration_${name}`, flavor),
    metadata: one(`hw:wrs:live_migration_${name}`, instance),
    image: one(`hw_wrs_live_migration_${name}`, image),
  };
  const defaults = { timeout: 180, downtime: 500, auto_converge: true, tunnel: true };
  const campaign = parseCampaign(JSON.stringify({ novatrail: 1, defaults, instances: { vm } }), 'c.yaml');
  return settingsOf(quiet, { campaign, set: {}, profile: 'stx-2018', dialectAround: null, options: [] });
}

/** flavor, instance, image -> value in force and where it comes from; `-`: not set. */
const TIMEOUTS = `
     -    -    -  ->  180 nova.conf
     -    -    0  ->  0 image
     -    -  150  ->  150 image
     -    -  abc  ->  180 nova.conf
     -    0    -  ->  0 instance
     -    0    0  ->  0 instance
     -    0  150  ->  150 image
     -    0  abc  ->  0 instance
     -  200    -  ->  200 instance
     -  200    0  ->  200 instance
     -  200  150  ->  150 image
     -  200  abc  ->  200 instance
     -  abc    -  ->  180 nova.conf
     -  abc    0  ->  0 image
     -  abc  150  ->  150 image
     -  abc  abc  ->  180 nova.conf
     0    -    -  ->  0 flavor
     0    -    0  ->  0 flavor
     0    -  150  ->  150 image
     0    -  abc  ->  0 flavor
     0    0    -  ->  0 flavor
     0    0    0  ->  0 flavor
     0    0  150  ->  150 image
     0    0  abc  ->  0 flavor
     0  200    -  ->  200 instance
     0  200    0  ->  200 instance
     0  200  150  ->  150 image
     0  200  abc  ->  200 instance
     0  abc    -  ->  0 flavor
     0  abc    0  ->  0 flavor
     0  abc  150  ->  150 image
     0  abc  abc  ->  0 flavor
   300    -    -  ->  300 flavor
   300    -    0  ->  300 flavor
   300    -  150  ->  150 image
   300    -  abc  ->  300 flavor
   300    0    -  ->  300 flavor
   300    0    0  ->  300 flavor
   300    0  150  ->  150 image
   300    0  abc  ->  300 flavor
   300  200    -  ->  200 instance
   300  200    0  ->  200 instance
   300  200  150  ->  150 image
   300  200  abc  ->  200 instance
   300  abc    -  ->  300 flavor
   300  abc    0  ->  300 flavor
   300  abc  150  ->  150 image
   300  abc  abc  ->  300 flavor
   abc    -    -  ->  180 nova.conf
   abc    -    0  ->  0 image
   abc    -  150  ->  150 image
   abc    -  abc  ->  180 nova.conf
   abc    0    -  ->  0 instance
   abc    0    0  ->  0 instance
   abc    0  150  ->  150 image
   abc    0  abc  ->  0 instance
   abc  200    -  ->  200 instance
   abc  200    0  ->  200 instance
   abc  200  150  ->  150 image
   abc  200  abc  ->  200 instance
   abc  abc    -  ->  180 nova.conf
   abc  abc    0  ->  0 image
   abc  abc  150  ->  150 image
   abc  abc  abc  ->  180 nova.conf`;

const DOWNTIMES = `
     -    -    -  ->  500 nova.conf
     -    -    0  ->  500 nova.conf
     -    -  100  ->  100 image
     -    -  abc  ->  500 nova.conf
     -   99    -  ->  500 nova.conf
     -   99    0  ->  500 nova.conf
     -   99  100  ->  500 nova.conf
     -   99  abc  ->  500 nova.conf
     -  200    -  ->  200 instance
     -  200    0  ->  200 instance
     -  200  100  ->  200 instance
     -  200  abc  ->  200 instance
     -  abc    -  ->  500 nova.conf
     -  abc    0  ->  500 nova.conf
     -  abc  100  ->  500 nova.conf
     -  abc  abc  ->  500 nova.conf
    50    -    -  ->  500 nova.conf
    50    -    0  ->  500 nova.conf
    50    -  100  ->  500 nova.conf
    50    -  abc  ->  500 nova.conf
    50   99    -  ->  500 nova.conf
    50   99    0  ->  500 nova.conf
    50   99  100  ->  500 nova.conf
    50   99  abc  ->  500 nova.conf
    50  200    -  ->  500 nova.conf
    50  200    0  ->  500 nova.conf
    50  200  100  ->  500 nova.conf
    50  200  abc  ->  500 nova.conf
    50  abc    -  ->  500 nova.conf
    50  abc    0  ->  500 nova.conf
    50  abc  100  ->  500 nova.conf
    50  abc  abc  ->  500 nova.conf
   300    -    -  ->  300 flavor
   300    -    0  ->  300 flavor
   300    -  100  ->  300 flavor
   300    -  abc  ->  300 flavor
   300   99    -  ->  300 flavor
   300   99    0  ->  300 flavor
   300   99  100  ->  300 flavor
   300   99  abc  ->  300 flavor
   300  200    -  ->  300 flavor
   300  200    0  ->  300 flavor
   300  200  100  ->  300 flavor
   300  200  abc  ->  300 flavor
   300  abc    -  ->  300 flavor
   300  abc    0  ->  300 flavor
   300  abc  100  ->  300 flavor
   300  abc  abc  ->  300 flavor
   abc    -    -  ->  500 nova.conf
   abc    -    0  ->  500 nova.conf
   abc    -  100  ->  500 nova.conf
   abc    -  abc  ->  500 nova.conf
   abc   99    -  ->  500 nova.conf
   abc   99    0  ->  500 nova.conf
   abc   99  100  ->  500 nova.conf
   abc   99  abc  ->  500 nova.conf
   abc  200    -  ->  500 nova.conf
   abc  200    0  ->  500 nova.conf
   abc  200  100  ->  500 nova.conf
   abc  200  abc  ->  500 nova.conf
   abc  abc    -  ->  500 nova.conf
   abc  abc    0  ->  500 nova.conf
   abc  abc  100  ->  500 nova.conf
   abc  abc  abc  ->  500 nova.conf`;

/** flavor, instance -> value and origin; whatever the image says. */
const SWITCHES = `
      -     -  ->  true nova.conf
      -  True  ->  true instance
      - False  ->  false instance
      - maybe  ->  true nova.conf
   True     -  ->  true flavor
   True  True  ->  true instance
   True False  ->  false instance
   True maybe  ->  true flavor
  False     -  ->  false flavor
  False  True  ->  true instance
  False False  ->  false instance
  False maybe  ->  false flavor
  maybe     -  ->  true nova.conf
  maybe  True  ->  true instance
  maybe False  ->  false instance
  maybe maybe  ->  true nova.conf`;

interface Row {
  readonly given: readonly (string | undefined)[];
  readonly value: string;
  readonly origin: string;
}

function rowsOf(table: string): Row[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [left = '', right = ''] = line.split('->');
      const [value = '', origin = ''] = right.trim().split(' ');
      const given = left.trim().split(/ +/);
      return { given: given.map((word) => (word === '-' ? undefined : word)), value, origin };
    });
}

describe('every combination of sources', () => {
  test.each(rowsOf(TIMEOUTS))('timeout: $given', ({ given: [flavor, instance, image], value, origin }) => {
    const { timeout_s } = inForce('timeout', { flavor, instance, image });
    expect(timeout_s).toMatchObject({ value: Number(value), origin, declared: true });
  });

  test.each(rowsOf(DOWNTIMES))('downtime: $given', ({ given: [flavor, instance, image], value, origin }) => {
    const { max_downtime_ms } = inForce('max_downtime', { flavor, instance, image });
    expect(max_downtime_ms).toMatchObject({ value: Number(value), origin, declared: true });
  });

  test.each(rowsOf(SWITCHES))('auto-converge and tunnel: $given', ({ given: [flavor, instance], value, origin }) => {
    for (const image of [undefined, 'True', 'False']) {
      const expected = { value: value === 'true', origin, declared: true };
      expect(inForce('auto_converge', { flavor, instance, image }).auto_converge).toMatchObject(expected);
      expect(inForce('tunnel', { flavor, instance, image }).tunnel).toMatchObject(expected);
    }
  });
});

/** A second statement of the precedence: a value is in force where nothing stands against it. */
const second = {
  timeout(given: Given): number {
    const numbers = Object.values(given).filter((value) => value !== undefined && /^-?\d+$/.test(value));
    if (numbers.length === 0) return 180;
    const others = numbers.map(Number).filter((value) => value !== 0);
    return others.length === 0 ? 0 : others.reduce((a, b) => (b < a ? b : a));
  },
  downtime({ flavor, instance, image }: Given): number {
    const chosen = flavor ?? instance ?? image ?? '500';
    return /^-?\d+$/.test(chosen) && Number(chosen) >= 100 ? Number(chosen) : 500;
  },
  on({ flavor, instance }: Given): boolean {
    const says = (value: string | undefined, words: string) => words.split(' ').includes(value?.toLowerCase() ?? '?');
    const read = (value: string | undefined) => [says(value, '1 t true on y yes'), says(value, '0 f false off n no')];
    const [on, off] = read(instance);
    if (on || off) return Boolean(on);
    const [flavorOn, flavorOff] = read(flavor);
    return flavorOn || !flavorOff;
  },
};

const optional = (value: fc.Arbitrary<string>) => fc.option(value, { nil: undefined });
const number = fc.oneof(
  fc.integer({ min: -2, max: 1200 }).map(String),
  fc.constantFrom('0', '99', '100', '119', '120', '800', '801', '1e3', '', '3 min', '0x10', '12.5'),
);
const word = fc.constantFrom(
  ...['1', '0', 't', 'F', 'True', 'false', 'YES', 'no', 'y', 'N', 'on', 'Off', '2', '', 'maybe', 'truee'],
);
const sourcesOf = (value: fc.Arbitrary<string>) =>
  fc.record({ flavor: optional(value), instance: optional(value), image: optional(value) });

test('whatever flavor, instance and image say, both statements of the precedence agree', () => {
  fc.assert(
    fc.property(sourcesOf(number), sourcesOf(word), (numbers, words) => {
      expect(inForce('timeout', numbers).timeout_s.value).toBe(second.timeout(numbers));
      expect(inForce('max_downtime', numbers).max_downtime_ms.value).toBe(second.downtime(numbers));
      expect(inForce('auto_converge', words).auto_converge.value).toBe(second.on(words));
      expect(inForce('tunnel', words).tunnel.value).toBe(second.on(words));
    }),
    { numRuns: 500 },
  );
});

test('every setting says who lost and why, and names the winner once', () => {
  fc.assert(
    fc.property(sourcesOf(number), (numbers) => {
      for (const setting of [inForce('timeout', numbers).timeout_s, inForce('max_downtime', numbers).max_downtime_ms]) {
        const winners = setting.candidates.filter(({ lost }) => lost === null);
        expect(winners.length).toBe(setting.origin === 'nova.conf' ? 0 : 1);
        if (winners[0]) expect(Number(winners[0].value)).toBe(setting.value);
        expect(setting.why).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});
