import type { Finding, Fleet, FleetRule, HostFacts, InstanceFacts, PlacedKey } from '../judgement.ts';
import { isRead, KEYS, nameOf } from '../nova/keys.ts';
import { aboutKeys, asWritten, proofOf, WITHOUT_PROFILE } from './declared-keys.ts';

export const settingInvalid: FleetRule = {
  id: 'setting-invalid',
  title: 'value that nova cannot read',
  why: 'what is no number, or no boolean in the strict sense (true, on, yes, 1 and their opposites), is passed over, and the next source counts.',
  severity: 'error',
  needs: "the keys of flavor, image and metadata in the campaign file, and nova's own lines about them",
  ...WITHOUT_PROFILE,
  check: (fleet) => [...declared(fleet), ...fleet.hosts.flatMap(logged)],
};

function declared(fleet: Fleet): Finding[] {
  return aboutKeys(
    fleet,
    (keys, instance, profile) =>
      keys.filter(({ key, origin }) => isRead(key, origin, profile)).flatMap((key) => unreadable(key, instance)),
    'nova can read every value',
  );
}

function unreadable(key: PlacedKey, { name }: InstanceFacts): Finding[] {
  const known = nameOf(key.key);
  if (known === null || key.value === null || KEYS[known].read(key.value) !== null) return [];
  const message = `${name}: ${asWritten(key)} is not ${KEYS[known].kind}, and nova passes over it`;
  return [{ status: 'fail', message, evidence: proofOf([key]) }];
}

/** nova says so itself, of no instance by name. */
function logged({ host, complaints }: HostFacts): Finding[] {
  return complaints.map((line): Finding => {
    const { key, value } = line.fields;
    const what =
      value === undefined ? `a value of ${key} that is not a boolean` : `${key}=${value}, which is not a number`;
    return { status: 'fail', message: `${host}: nova passed over ${what}`, evidence: [line] };
  });
}
