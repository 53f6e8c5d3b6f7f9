import type { Finding, FleetRule, InstanceFacts, PlacedKey } from '../judgement.ts';
import { KEYS, type KeyName, keyOf, nameOf, nearestName } from '../nova/keys.ts';
import { aboutKeys, asWritten, inWords, isSet, proofOf, WITHOUT_PROFILE } from './declared-keys.ts';

export const settingUnknown: FleetRule = {
  id: 'setting-unknown',
  title: 'key that nova does not know',
  why: 'nova stores any key and passes over what it does not know: a misspelt setting is silently not in force.',
  severity: 'warning',
  needs: 'the keys of flavor, image and metadata in the campaign file',
  ...WITHOUT_PROFILE,
  check: (fleet) =>
    aboutKeys(
      fleet,
      (keys, instance, profile) => {
        const unknown = keys.filter(isSet).filter(({ key }) => nameOf(key) === null);
        return unknown.map((key) => (profile === 'upstream' ? ignored(key, instance) : misspelt(key, instance)));
      },
      'no key about live migration that nova does not know',
    ),
};

function ignored(key: PlacedKey, { name }: InstanceFacts): Finding {
  const message = `${name}: upstream nova knows no ${asWritten(key)}; nova.conf alone decides`;
  return { status: 'fail', message, evidence: proofOf([key]) };
}

function misspelt(key: PlacedKey, instance: InstanceFacts): Finding {
  const meant = nearestName(key.key);
  const effect = meant === null ? 'no key of nova is near' : effectOf(key, meant, instance);
  const message = `${instance.name}: nova ignores ${asWritten(key)}; ${effect}`;
  return { status: 'fail', message, evidence: proofOf([key]) };
}

function effectOf(key: PlacedKey, meant: KeyName, instance: InstanceFacts): string {
  const { setting, title, places } = KEYS[meant];
  const right = keyOf(meant, key.origin);
  if (!places.includes(key.origin)) {
    return `its nearest key is ${keyOf(meant, 'instance')}, which counts in flavor and metadata only`;
  }
  const [now, then] = [instance.forkAt(key.from)[setting].value, instance.honoured(key, right)[setting].value];
  const change =
    now === then
      ? `${title} would be ${inWords(meant, now)} all the same`
      : `${title} would be ${inWords(meant, then)} instead of ${inWords(meant, now)}`;
  return `the key is ${right}, and honoured ${change}`;
}
