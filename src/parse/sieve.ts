/** What a reader needs to pass on only lines that can matter: short needles, and the full test of a line that holds one. */
export interface Sieve {
  readonly needles: readonly string[];
  readonly wanted: (line: string) => boolean;
}

/**
 * The sieve for the given literals (each event's message holds at least one of them), for records about migrations that
 * no grammar knows, and for `watched` strings (lines a clock wants to see).
 */
export function sieveFor(literals: readonly string[], watched: readonly string[] = []): Sieve {
  const all = [...literals, ...watched];
  const literal = new RegExp(all.map(escapeRegExp).join('|') || '(?!)');
  return {
    needles: [...coveringNeedles(all), ...UNKNOWN_NEEDLES],
    wanted: (line) => isUnknownCandidate(line) || literal.test(line),
  };
}

/** Ends of the levels from INFO up before nova's logger, and the logger as JSON prints it: DEBUG lines are nine in ten. */
const UNKNOWN_NEEDLES = ['FO nova', 'IT nova', 'RN nova', 'NG nova', 'OR nova', 'AL nova', '"nova.v'];

/** What `log-unrecognised` looks for (a message with "igrat"); the header grammar looks closer. */
function isUnknownCandidate(line: string): boolean {
  if (!/nova\.virt\.libvirt\.(?:driver|migration)/.test(line)) return false;
  return !/\bDEBUG\b/.test(line) && /(?<![._/]m)igrat/.test(line);
}

const NEEDLE_LENGTH = 5;
/** Stands in nearly every line: no needle may. */
const BOILERPLATE =
  '[instance: [None req- default default] nova.compute.manager nova.virt.libvirt.driver nova.virt.libvirt.migration INFO DEBUG ' +
  'nova.compute.resource_tracker /usr/lib/python3/dist-packages/nova/virt/libvirt/driver.py during updating instances';
/** Bytes that are rare in logs make fast needles: `Buffer.indexOf` looks for the first byte of a short needle. */
const COMMON = ' etaoinsrlcdumphg0123456789-:.[]=_/"\'(),';

/** A small set of short strings such that every literal holds at least one. */
export function coveringNeedles(literals: readonly string[]): string[] {
  let open = [...literals];
  const needles: string[] = [];
  while (open.length > 0) {
    const best = bestNeedle(open);
    needles.push(best);
    open = open.filter((literal) => !literal.includes(best));
  }
  return needles;
}

function bestNeedle(literals: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const literal of literals) {
    const length = Math.min(NEEDLE_LENGTH, literal.length);
    const parts = new Set<string>();
    for (let start = 0; start + length <= literal.length; start += 1) {
      const part = literal.slice(start, start + length);
      if (!BOILERPLATE.includes(part)) parts.add(part);
    }
    if (parts.size === 0) parts.add(literal);
    for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  const score = ([part, count]: [string, number]) => count * rarity(part);
  return [...counts].sort((a, b) => score(b) - score(a) || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? '';
}

function rarity(part: string): number {
  const place = COMMON.indexOf(part[0] ?? '');
  return place < 0 ? COMMON.length : place;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
