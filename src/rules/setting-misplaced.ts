import type { Finding, FleetRule, InstanceFacts, PlacedKey } from '../judgement.ts';
import type { Profile } from '../model.ts';
import { isRead, KEYS, type KeyName, keyOf, nameOf, nearestName } from '../nova/keys.ts';
import { aboutKeys, asWritten, inWords, isSet, proofOf, WITHOUT_PROFILE } from './declared-keys.ts';

export const settingMisplaced: FleetRule = {
  id: 'setting-misplaced',
  title: 'right key, wrong place',
  why: 'auto-converge and tunnel count in flavor and metadata only, hw_ keys on images only, hw: keys elsewhere, and all of them with the StarlingX fork only; nova says nothing where it passes over one.',
  severity: 'warning',
  needs: 'the keys of flavor, image and metadata in the campaign file',
  ...WITHOUT_PROFILE,
  check: (fleet) =>
    aboutKeys(
      fleet,
      (keys, instance, profile) => keys.filter(isSet).flatMap((key) => misplaced(key, instance, profile)),
      'every key stands where nova reads it',
    ),
};

function misplaced(key: PlacedKey, instance: InstanceFacts, profile: Profile): Finding[] {
  const name = nameOf(key.key);
  const evidence = proofOf([key]);
  if (name === null) return profile === 'upstream' ? [] : notOfImages(key, instance);
  if (isRead(key.key, key.origin, profile)) return [];
  const message = `${instance.name}: nova ignores ${asWritten(key)}; ${reasonOf(key, name, instance, profile)}`;
  return [{ status: 'fail', message, evidence }];
}

/** A misspelt key that would have no effect on an image however it were spelt. */
function notOfImages(key: PlacedKey, { name }: InstanceFacts): Finding[] {
  const meant = nearestName(key.key);
  if (meant === null || KEYS[meant].places.includes(key.origin)) return [];
  const message = `${name}: ${asWritten(key)} has no effect: ${KEYS[meant].title} is never taken from an image`;
  return [{ status: 'fail', severity: 'note', message, evidence: proofOf([key]) }];
}

function reasonOf(key: PlacedKey, name: KeyName, instance: InstanceFacts, profile: Profile): string {
  const { title, setting, places } = KEYS[name];
  if (profile === 'upstream') return 'it is of the StarlingX fork of 2018, and upstream takes nova.conf only';
  if (!places.includes(key.origin))
    return `${title} is never taken from an image: set ${keyOf(name, 'instance')} in flavor or metadata`;
  const right = keyOf(name, key.origin);
  const then = instance.honoured(key, right)[setting].value;
  return `there the key is ${right}, and honoured ${title} would be ${inWords(name, then)}`;
}
