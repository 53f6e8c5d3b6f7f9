import type { Finding, FleetRule, InstanceFacts, PlacedKey } from '../judgement.ts';
import { isRead, nameOf } from '../nova/keys.ts';
import { wholeNumber } from '../nova/values.ts';
import { aboutKeys, asWritten, proofOf, WITHOUT_PROFILE } from './declared-keys.ts';

export const timeoutSettingOutOfRange: FleetRule = {
  id: 'timeout-setting-out-of-range',
  title: 'timeout out of its range',
  why: "the fork's API takes 0 or 120 to 800 s for flavor and metadata, and rejects the rest; images it does not check, and what they say is honoured, -1 as an abort at once.",
  severity: 'error',
  needs: 'the timeout keys of flavor, image and metadata in the campaign file',
  ...WITHOUT_PROFILE,
  check: (fleet) =>
    aboutKeys(
      fleet,
      (keys, instance, profile) =>
        keys
          .filter(({ key, origin }) => nameOf(key) === 'timeout' && isRead(key, origin, profile))
          .flatMap((key) => outOfRange(key, instance)),
      'no timeout that nova reads is out of range',
    ),
};

/** stx-nova, nova/api/openstack/common.py. */
const LEAST_S = 120;
const MOST_S = 800;

function outOfRange(key: PlacedKey, { name }: InstanceFacts): Finding[] {
  const seconds = wholeNumber(key.value ?? '');
  if (seconds === null || seconds === 0 || (seconds >= LEAST_S && seconds <= MOST_S)) return [];
  const message = `${name}: ${asWritten(key)} is neither 0 nor from ${LEAST_S} to ${MOST_S} s`;
  const evidence = proofOf([key]);
  if (key.origin !== 'image') return [{ status: 'fail', message, evidence }];
  return [{ status: 'fail', severity: 'warning', message: `${message}; nova does not check images`, evidence }];
}
