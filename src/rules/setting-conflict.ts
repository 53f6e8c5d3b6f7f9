import type { Finding, FleetRule, InstanceFacts, PlacedKey } from '../judgement.ts';
import type { Candidate } from '../model.ts';
import { isRead, KEYS, type KeyName, nameOf } from '../nova/keys.ts';
import { aboutKeys, inWords, proofOf, WITHOUT_PROFILE } from './declared-keys.ts';

export const settingConflict: FleetRule = {
  id: 'setting-conflict',
  title: 'sources that differ',
  why: 'flavor, image and metadata may set the same to different values, and each setting has a precedence of its own; this says who wins.',
  severity: 'note',
  needs: 'the keys of flavor, image and metadata in the campaign file',
  ...WITHOUT_PROFILE,
  check: (fleet) =>
    aboutKeys(
      fleet,
      (keys, instance, profile) => {
        const read = keys.filter(({ key, origin }) => isRead(key, origin, profile));
        return (Object.keys(KEYS) as KeyName[]).flatMap((name) => {
          const own = read.filter(({ key }) => nameOf(key) === name);
          return conflicts(name, own, instance);
        });
      },
      'no two sources that nova reads set the same to different values',
    ),
};

/** The conflicts over one setting, at each time from which one of its keys holds; what stays the same is said once. */
function conflicts(name: KeyName, keys: readonly PlacedKey[], instance: InstanceFacts): Finding[] {
  const times = [...new Set(keys.map(since))].sort((a, b) => a - b);
  const found = times.flatMap((at) => conflictAt(at, name, keys, instance));
  return found.filter(({ message }, index) => message !== found[index - 1]?.message);
}

function conflictAt(at: number, name: KeyName, keys: readonly PlacedKey[], instance: InstanceFacts): Finding[] {
  const { setting, title, read } = KEYS[name];
  const { value, origin, candidates } = instance.forkAt(at)[setting];
  const given = candidates.filter((each) => keys.some((key) => key.origin === each.origin));
  const meaning = (text: string) => read(text) ?? text;
  if (new Set(given.map((each) => meaning(each.value))).size < 2) return [];
  const sides = given.map((each) => `${placeOf(each.origin)} ${each.value}`).join(', ');
  const reasons = [...new Set(given.flatMap((each) => each.lost ?? []))].join('; ');
  const message = `${instance.name}: ${title} is ${inWords(name, value)} from ${placeOf(origin)}, of ${sides}: ${reasons}`;
  const evidence = keys.filter((key) => inForceAt(key, at, keys));
  return [{ status: 'fail', message, evidence: proofOf(evidence) }];
}

function inForceAt(key: PlacedKey, at: number, keys: readonly PlacedKey[]): boolean {
  const own = keys.filter(({ origin }) => origin === key.origin).toSorted((a, b) => since(a) - since(b));
  return own.findLast((each) => since(each) <= at) === key;
}

function since({ from }: PlacedKey): number {
  return from ?? Number.NEGATIVE_INFINITY;
}

function placeOf(origin: Candidate['origin']): string {
  return origin === 'instance' ? 'metadata' : origin;
}
