import type { Settings } from '../model.ts';

/**
 * The timeouts (s) that the settings allow: two where the size is no whole number of GiB, for Python 2 (until Stein)
 * divided downwards. Empty where it is not known.
 */
export function possibleTimeouts({ profile, timeout_s, data_gb, completion_timeout_s }: Settings): number[] {
  if (timeout_s.value === null) return [];
  if (profile !== 'upstream' || data_gb.value === null) return [timeout_s.value];
  const conf = completion_timeout_s.value;
  const floored = data_gb.candidates.filter(({ key }) => key === 'memory_mib');
  return [...new Set([timeout_s.value, ...floored.map(({ value }) => Math.trunc(conf * Number(value)))])];
}

/** The least timeout (s) where the size is only known to be no more than declared: disk files are thin. Null where it is exact. */
export function leastTimeout({ profile, timeout_s, data_gb, completion_timeout_s }: Settings): number | null {
  const least = data_gb.candidates.find(({ key }) => key === 'disks_gib');
  if (profile !== 'upstream' || timeout_s.value === null || !least) return null;
  return Math.trunc(completion_timeout_s.value * Number(least.value));
}

/** A disk file in full use is a little larger than the disk: its own tables. */
const FILE_OVERHEAD = 1.01;

/** The highest timeout (s) that the settings allow; 0 where none is known. */
export function mostTimeout(settings: Settings): number {
  const most = Math.max(0, ...possibleTimeouts(settings));
  return leastTimeout(settings) === null ? most : Math.ceil(most * FILE_OVERHEAD);
}

/**
 * What nova does when the timeout is over: the fork knows only to abort; upstream has had an option since Stein, so that only
 * nova.conf itself tells. Null where it does not.
 */
export function timeoutAction({ profile, timeout_action: action }: Settings): 'abort' | 'force_complete' | null {
  if (profile === 'stx-2018') return 'abort';
  return action.origin === 'nova.conf' ? action.value : null;
}
