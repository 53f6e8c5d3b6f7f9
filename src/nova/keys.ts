// Which keys of flavors, images and instances the StarlingX fork of 2018 reads (stx-nova, nova/virt/libvirt/driver.py); upstream
// nova, and StarlingX 2.0 and later, read none of them.

import { distance } from 'fastest-levenshtein';
import type { Origin, Profile } from '../model.ts';
import { strictBoolean, wholeNumber } from './values.ts';

/** What a key sets, as its last part says. */
export type KeyName = 'timeout' | 'max_downtime' | 'auto_converge' | 'tunnel';
/** Where a key stands. */
export type KeyPlace = Extract<Origin, 'flavor' | 'image' | 'instance'>;

interface Known {
  /** The setting it sets, and what people call that. */
  readonly setting: 'timeout_s' | 'max_downtime_ms' | 'auto_converge' | 'tunnel';
  readonly title: string;
  /** What the fork makes of a value; null where it cannot read it. */
  readonly read: (text: string) => number | boolean | null;
  readonly kind: string;
  readonly places: readonly KeyPlace[];
}

const ALL: readonly KeyPlace[] = ['flavor', 'instance', 'image'];
const NOT_IMAGE: readonly KeyPlace[] = ['flavor', 'instance'];

export const KEYS: Readonly<Record<KeyName, Known>> = {
  timeout: { setting: 'timeout_s', title: 'the timeout', read: wholeNumber, kind: 'a whole number', places: ALL },
  max_downtime: {
    setting: 'max_downtime_ms',
    title: 'the downtime limit',
    read: wholeNumber,
    kind: 'a whole number',
    places: ALL,
  },
  auto_converge: {
    setting: 'auto_converge',
    title: 'auto-converge',
    read: strictBoolean,
    kind: 'a boolean',
    places: NOT_IMAGE,
  },
  tunnel: { setting: 'tunnel', title: 'the tunnel', read: strictBoolean, kind: 'a boolean', places: NOT_IMAGE },
};

const NAMES = Object.keys(KEYS) as KeyName[];
const PREFIX = { image: 'hw_wrs_live_migration_', other: 'hw:wrs:live_migration_' };

/** The key by which a flavor, an image or an instance sets this. */
export function keyOf(name: KeyName, place: Origin): string {
  return (place === 'image' ? PREFIX.image : PREFIX.other) + name;
}

/** What a key that is spelt right sets, wherever it stands; null where it is not one of the fork's. */
export function nameOf(key: string): KeyName | null {
  return NAMES.find((name) => key === keyOf(name, 'flavor') || key === keyOf(name, 'image')) ?? null;
}

/** True where nova reads the key at this place. */
export function isRead(key: string, place: Origin, profile: Profile): boolean {
  const name = nameOf(key);
  if (profile === 'upstream' || name === null) return false;
  return key === keyOf(name, place) && KEYS[name].places.some((each) => each === place);
}

/** A slip of the pen. */
const CLOSE = 3;

/** True where a key is, or was meant to be, about live migrations. */
export function isAboutMigration(key: string): boolean {
  return /live_?migration/i.test(key) || slipOf(key) !== null;
}

/** What a key was meant to set: by the nearest key, or by what stands behind `live_migration`; null where nothing is near. */
export function nearestName(key: string): KeyName | null {
  const slip = slipOf(key);
  if (slip !== null) return slip;
  const [, rest] = /live_?migration_?(.*)$/i.exec(key.toLowerCase()) ?? [];
  if (rest === undefined || rest === '') return null;
  const off = (name: string) => (rest.includes(name) || `_${name}`.endsWith(`_${rest}`) ? 0 : distance(rest, name));
  const nearest = NAMES.toSorted((a, b) => off(a) - off(b))[0];
  return nearest !== undefined && off(nearest) <= CLOSE ? nearest : null;
}

function slipOf(key: string): KeyName | null {
  const off = (name: KeyName) => Math.min(distance(key, keyOf(name, 'flavor')), distance(key, keyOf(name, 'image')));
  const nearest = NAMES.toSorted((a, b) => off(a) - off(b))[0];
  return nearest !== undefined && off(nearest) <= CLOSE ? nearest : null;
}
