/** What a reader needs to pass on only lines that can matter: short needles, and the full test of a line that holds one. */
export interface Sieve {
  readonly needles: readonly string[];
  readonly wanted: (line: string) => boolean;
}

/**
 * The sieve for the given literals (each event's message holds at least one of them, or a clock wants to see the line) and
 * for records about migrations that no grammar knows. `known`: needles that are there already; literals that hold one need
 * no other.
 */
export function sieveFor(literals: readonly string[], known: readonly string[] = []): Sieve {
  const literal = new RegExp(literals.map(escapeRegExp).join('|') || '(?!)');
  // Most events are of a few types: what was found last is found again twenty times as fast as by all literals at once.
  const recent: string[] = [];
  const holdsLiteral = (line: string) => {
    const place = recent.findIndex((each) => line.includes(each));
    const found = place < 0 ? literal.exec(line)?.[0] : recent.splice(place, 1)[0];
    if (found === undefined) return false;
    recent.unshift(found);
    if (recent.length > RECENT) recent.pop();
    return true;
  };
  const uncovered = literals.filter((each) => !known.some((needle) => each.includes(needle)));
  return {
    needles: [...known, ...coveringNeedles(uncovered), ...UNKNOWN_NEEDLES],
    wanted: (line) => holdsLiteral(line) || isUnknownCandidate(line),
  };
}

const RECENT = 8;

/** Levels from INFO up before the loggers that are looked at, and the logger as JSON prints it: DEBUG lines are nine in ten. */
const UNKNOWN_NEEDLES = ['FO', 'IT', 'RN', 'NG', 'OR', 'AL']
  .map((end) => `${end} nova.virt.lib`)
  .concat('"nova.virt.libvi');

/** What `log-unrecognised` looks for (a message with "igrat"); the header grammar looks closer. */
function isUnknownCandidate(line: string): boolean {
  if (!/nova\.virt\.libvirt\.(?:driver|migration)/.test(line)) return false;
  return !/\bDEBUG\b/.test(line) && /(?<![._/]m)igrat/.test(line);
}

/** A search looks for the first four bytes of its needles, and then compares up to 16. */
const FINGERPRINT = 4;
const LONGEST = 16;
/** What a needle should have behind its fingerprint, so that few lines hold it by chance. */
const LONG_ENOUGH = 12;
/** What a further fingerprint costs, in the share of places at which one is found by chance. */
const SEARCH_COST = 1e-4;

/** What a log is full of. */
const COMMON = `2024-05-01 09:00:07.923 9202 DEBUG oslo_concurrency.lockutils [None req-af371d87-d8a8-4065-a3f9-6f0e51436d1f
c975637b06c046b3b17ec0b2db35f3e8 2faa4b99766143de9c8527f163dc0a72 - - default default] Lock "compute_resources" acquired by
"nova.compute.resource_tracker.ResourceTracker._update_available_resource" :: waited 0.000s inner
/usr/lib/python3/dist-packages/oslo_concurrency/lockutils.py:404 DEBUG oslo_service.periodic_task [-] Running periodic task
ComputeManager._cleanup_incomplete_migrations run_periodic_tasks INFO nova.compute.manager [-] [instance:
88084fdd-51dc-4967-8493-c1169e4533ec] During updating instances nova.virt.libvirt.migration nova/virt/libvirt/driver.py
Final resource view: name=compute-0 phys_ram=257674MB used_ram=512MB phys_disk=1787GB total_vcpus=64 pci_stats=[]
Updating instance_info_cache with network_info: [{"id": "88084fdd", "address": "fa:16:3e:12:8f:0c", "network": {"bridge":
"br-int", "label": "tenant", "subnets": [{"cidr": "10.0.0.0/16", "dns": [], "gateway": {"type": "gateway", "version": 4,
"meta": {}}, "ips": [], "routes": []}], "injected": false, "mtu": 1442, "physical_network": null, "tunneled": true}}, "type":
"ovs", "details": {"port_filter": true, "connectivity": "l2"}, "devname": "tap", "profile": {}, "preserve_on_delete": false,
"active": true, "delegate_create": true, "meta": {}}] update_instance_cache_with_nw_info nova/network/neutron.py:116`;

/** A set of strings, with few different beginnings and those rare in logs, such that every literal holds one. */
export function coveringNeedles(literals: readonly string[]): string[] {
  const all = literals.map(windowsOf);
  const fingerprints = coveringFingerprints(all);
  const isFound = (window: string) => fingerprints.has(window.slice(0, FINGERPRINT));
  const needles = all.map((windows) => windows.filter(isFound).reduce((a, b) => (b.length > a.length ? b : a)));
  return [...new Set(needles)];
}

function coveringFingerprints(all: readonly (readonly string[])[]): Set<string> {
  const chosen = new Set<string>();
  for (let open = all; open.length > 0; ) {
    const best = bestFingerprint(open);
    chosen.add(best);
    open = open.filter((windows) => !windows.some((window) => window.startsWith(best)));
  }
  return chosen;
}

/** The parts of a literal that may be its needle. */
function windowsOf(literal: string): string[] {
  const last = Math.max(0, literal.length - LONG_ENOUGH);
  const windows = Array.from({ length: last + 1 }, (_, start) => literal.slice(start, start + LONGEST));
  const rare = windows.filter((window) => !COMMON.includes(window));
  return rare.length > 0 ? rare : windows;
}

function bestFingerprint(open: readonly (readonly string[])[]): string {
  const counts = new Map<string, number>();
  for (const windows of open) {
    for (const start of new Set(windows.map((window) => window.slice(0, FINGERPRINT)))) {
      counts.set(start, (counts.get(start) ?? 0) + 1);
    }
  }
  let [best, most] = ['', 0];
  for (const [start, count] of counts) {
    const value = count / (SEARCH_COST + frequency(start));
    if (value > most) [best, most] = [start, value];
  }
  return best;
}

/** The share of places in a log at which a text begins: as counted, and as its characters would meet by chance. */
function frequency(text: string): number {
  const chance = [...text].reduce((product, character) => product * (shares.get(character) ?? 0.0005), 1);
  return (COMMON.split(text).length - 1) / COMMON.length + chance;
}

const shares = new Map(
  [...new Set(COMMON)].map((character) => [character, (COMMON.split(character).length - 1) / COMMON.length]),
);

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
