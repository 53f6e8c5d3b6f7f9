// The nouns of what a campaign declares of instances and nova.conf, as rules look at it. Types only; imports the facts' nouns.

import type { Proof } from './certification.ts';
import type { ForkSettings, Origin, Settings } from './model.ts';

/** One value of a key of a flavor, an image or an instance, as a campaign (or what it imports) declares it. */
export interface PlacedKey {
  readonly origin: Extract<Origin, 'flavor' | 'image' | 'instance'>;
  readonly key: string;
  /** Null where it is explicitly unset. */
  readonly value: string | null;
  /** From when it holds (ms); null: always. */
  readonly from: number | null;
  readonly proof: Proof;
}

/** One value of nova.conf, as a campaign or a flag declares it. */
export interface ConfKey {
  readonly key: string;
  readonly value: string;
  /** From when it holds (ms); null: always. */
  readonly from: number | null;
  /** The line that says so; null where a flag does. */
  readonly proof: Proof | null;
}

/** An instance that the campaign declares, with all keys of its flavor, image and metadata. */
export interface InstanceFacts {
  readonly name: string;
  readonly id: string;
  readonly keys: readonly PlacedKey[];
  /** What is declared to be in force at a time (ms; null: before the first dated value). */
  readonly settingsAt: (at: number | null) => Settings;
  /** The same with the fork, which reads the keys. */
  readonly forkAt: (at: number | null) => ForkSettings;
  /** The same from when a key holds, if the fork took it for the key `as`. */
  readonly honoured: (key: PlacedKey, as: string) => ForkSettings;
}
