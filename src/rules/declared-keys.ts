import type { Finding, Fleet, InstanceFacts, PlacedKey, Proof } from '../judgement.ts';
import type { Profile } from '../model.ts';
import { isAboutMigration, type KeyName } from '../nova/keys.ts';

/** Of each rule on declared keys: when it cannot decide, and what to collect then. */
export const WITHOUT_PROFILE = {
  undecided: 'where neither the campaign nor the logs tell which nova it is',
  collect: 'the profile (stx-2018 or upstream), declared in the campaign file',
} as const;

/**
 * What is wrong with the keys of each instance that has some about live migration, or that they are fine. Which keys nova
 * reads depends on the profile: without one nothing can be said.
 */
export function aboutKeys(
  { instances, profile }: Fleet,
  look: (keys: readonly PlacedKey[], instance: InstanceFacts, profile: Profile) => readonly Finding[],
  fine: string,
): Finding[] {
  return instances.flatMap((instance): readonly Finding[] => {
    const keys = instance.keys.filter(({ key }) => isAboutMigration(key));
    if (keys.length === 0) return [];
    if (profile === null) {
      const message = `${instance.name}: neither campaign nor logs tell which nova reads its keys; declare the profile`;
      return [{ status: 'inconclusive', message, evidence: proofOf(keys) }];
    }
    const found = look(keys, instance, profile);
    return found.length > 0 ? found : [{ status: 'pass', message: `${instance.name}: ${fine}` }];
  });
}

/** The lines that declare the keys, each once. */
export function proofOf(keys: readonly PlacedKey[]): Proof[] {
  const proofs = keys.map(({ proof }) => proof);
  return proofs.filter(({ ref }, index) => proofs.findIndex((other) => other.ref.offset === ref.offset) === index);
}

/** A key that is set to something: `~` in the campaign takes it away. */
export function isSet({ value }: PlacedKey): boolean {
  return value !== null;
}

/** How a message names a key's value and place. */
export function asWritten({ key, value, origin }: PlacedKey): string {
  return `${key}=${value} of the ${origin === 'instance' ? 'metadata' : origin}`;
}

/** How a message names what a key would set. */
export function inWords(name: KeyName, value: number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `${value} ${name === 'timeout' ? 's' : 'ms'}`;
}
