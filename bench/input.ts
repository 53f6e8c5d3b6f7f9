// Logs to measure with: the messages of a nova-compute at DEBUG, the same bytes for the same arguments.

import { closeSync, openSync, writeSync } from 'node:fs';

export interface LogOptions {
  /** Bytes to make; the last line ends the log at or just after it. */
  readonly bytes: number;
  /** One line in so many is of a live migration. */
  readonly density: number;
  readonly seed?: number;
  readonly host?: string;
}

/** What is in a log that was made. */
export interface MadeLog {
  readonly bytes: number;
  readonly lines: number;
  readonly events: number;
  readonly migrations: number;
}

/** Writes a log of a host to a file. */
export function writeLog(path: string, options: LogOptions): MadeLog {
  const fd = openSync(path, 'w');
  try {
    const maker = new LogMaker(options);
    for (let text = maker.next(); text !== ''; text = maker.next()) writeSync(fd, text, null, 'latin1');
    return maker.made;
  } finally {
    closeSync(fd);
  }
}

const BLOCK = 1024 * 1024;
const POOL = 8192;
const AT_ONCE = 4;
const START_MS = Date.UTC(2024, 4, 1, 9);
const STEP_MS = 23;

class LogMaker {
  readonly #options: LogOptions;
  readonly #random: Random;
  readonly #noise: readonly string[];
  readonly #stories: Story[] = [];
  #migrations = 0;
  #bytes = 0;
  #lines = 0;
  #events = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#random = randomFrom(options.seed ?? 1);
    this.#noise = Array.from({ length: POOL }, () => noiseLine(this.#random));
  }

  get made(): MadeLog {
    return { bytes: this.#bytes, lines: this.#lines, events: this.#events, migrations: this.#migrations };
  }

  /** About 1 MiB more, whole lines; empty at the end. */
  next(): string {
    const { bytes, density } = this.#options;
    const lines: string[] = [];
    for (let size = 0; size < BLOCK && this.#bytes < bytes; ) {
      const isEvent = this.#lines % density === density - 1;
      const text = isEvent ? this.#event() : (this.#noise[Math.floor(this.#random() * POOL)] ?? '');
      const line = `${stamp(START_MS + this.#lines * STEP_MS)} 9202 ${text}\n`;
      lines.push(line);
      size += line.length;
      this.#bytes += line.length;
      this.#lines += 1;
      this.#events += isEvent ? 1 : 0;
    }
    return lines.join('');
  }

  /** The next line of one of the migrations under way; nova runs few at once. */
  #event(): string {
    const at = Math.floor(this.#random() * AT_ONCE);
    const story = this.#stories[at] ?? this.#begin(at);
    const line = story.next();
    if (!line.done) return line.value;
    delete this.#stories[at];
    return this.#event();
  }

  #begin(at: number): Story {
    this.#migrations += 1;
    const story = migrationStory(this.#random);
    this.#stories[at] = story;
    return story;
  }
}

type Random = () => number;
type Story = Iterator<string, undefined>;

/** The lines of one migration on its source, from its preparation to its end: 100 on average. */
function* migrationStory(random: Random): Generator<string, undefined> {
  const on = `[-] [instance: ${uuid(random)}]`;
  const driver = `INFO nova.virt.libvirt.driver ${on}`;
  const manager = `INFO nova.compute.manager ${on}`;
  const total = 2165129216;
  const turns = 40 + Math.floor(random() * 96);
  yield `${manager} Took ${(2 + random() * 8).toFixed(2)} seconds for pre_live_migration on destination host compute-1.`;
  for (let turn = 0, step = 0; turn < turns; turn += 1) {
    if (turn % 12 === 0 && step < 11) {
      yield `INFO nova.virt.libvirt.migration ${on} Increasing downtime to ${50 + step * 45} ms after ${step * 30} sec elapsed time`;
      step += 1;
    }
    const left = Math.floor(total * Math.max(0.02, 1 - turn / turns));
    const done = Math.floor((total * turn) / 30 + random() * 1e6);
    yield `${driver} Migration running for ${turn * 5} secs, memory ${Math.round((left / total) * 100)}% remaining (bytes processed=${done}, remaining=${left}, total=${total}); disk 100% remaining (bytes processed=0, remaining=0, total=0).`;
  }
  if (random() < 0.1) {
    yield `WARNING nova.virt.libvirt.migration ${on} Live migration not completed after 300 sec`;
    yield `ERROR nova.virt.libvirt.driver ${on} Live Migration failure: operation aborted: migration out: canceled by client: libvirt.libvirtError: operation aborted: migration out: canceled by client`;
    yield `ERROR nova.virt.libvirt.driver ${on} Migration operation has aborted`;
    return;
  }
  yield `${driver} Migration operation has completed`;
  yield `${manager} _post_live_migration() is started..`;
  yield `${manager} Migrating instance to compute-1 finished successfully.`;
}

/** What a DEBUG log is full of, without its time. */
function noiseLine(random: Random): string {
  const make = NOISE[Math.floor(random() * NOISE.length)] ?? lockTaken;
  return make(random);
}

const PYTHON = '/usr/lib/python3/dist-packages';

function context(random: Random): string {
  const idle = `[None req-${uuid(random)} - - - - - -]`;
  return random() < 0.5 ? idle : `[None req-${uuid(random)} ${hex(random, 32)} ${hex(random, 32)} - - default default]`;
}

function lockTaken(random: Random): string {
  return `DEBUG oslo_concurrency.lockutils ${context(random)} Lock "compute_resources" acquired by "nova.compute.resource_tracker.ResourceTracker._update_available_resource" :: waited ${seconds(random)}s inner ${PYTHON}/oslo_concurrency/lockutils.py:404`;
}

function lockGiven(random: Random): string {
  return `DEBUG oslo_concurrency.lockutils ${context(random)} Lock "${uuid(random)}" "released" by "nova.compute.manager.ComputeManager._sync_power_states.<locals>._sync.<locals>.query_driver_power_state_and_sync" :: held ${seconds(random)}s inner ${PYTHON}/oslo_concurrency/lockutils.py:423`;
}

function cacheLock(random: Random): string {
  return `DEBUG oslo_concurrency.lockutils ${context(random)} Acquired lock "refresh_cache-${uuid(random)}" lock ${PYTHON}/oslo_concurrency/lockutils.py:312`;
}

function periodic(random: Random): string {
  const tasks = [
    '_poll_rebooting_instances',
    '_heal_instance_info_cache',
    '_reclaim_queued_deletes',
    'update_available_resource',
    '_cleanup_running_deleted_instances',
    '_cleanup_incomplete_migrations',
  ];
  return `DEBUG oslo_service.periodic_task ${context(random)} Running periodic task ComputeManager.${tasks[Math.floor(random() * tasks.length)]} run_periodic_tasks ${PYTHON}/oslo_service/periodic_task.py:210`;
}

function command(random: Random): string {
  return `DEBUG oslo_concurrency.processutils ${context(random)} Running cmd (subprocess): /usr/bin/python3 -m oslo_concurrency.prlimit --as=1073741824 --cpu=30 -- env LC_ALL=C LANG=C qemu-img info /var/lib/nova/instances/${uuid(random)}/disk --force-share --output=json execute ${PYTHON}/oslo_concurrency/processutils.py:384`;
}

function commandDone(random: Random): string {
  return `DEBUG oslo_concurrency.processutils ${context(random)} CMD "/usr/bin/python3 -m oslo_concurrency.prlimit --as=1073741824 --cpu=30 -- env LC_ALL=C LANG=C qemu-img info /var/lib/nova/instances/${uuid(random)}/disk --force-share --output=json" returned: 0 in ${seconds(random)}s execute ${PYTHON}/oslo_concurrency/processutils.py:422`;
}

function skippedDisk(random: Random): string {
  return `DEBUG nova.virt.libvirt.driver ${context(random)} skipping disk for instance-${hex(random, 8)} as it does not have a path _get_instance_disk_info_from_config ${PYTHON}/nova/virt/libvirt/driver.py:11231`;
}

function poll(random: Random): string {
  return `DEBUG ovsdbapp.backend.ovs_idl.vlog [-] [POLLIN] on fd ${10 + Math.floor(random() * 20)} __log_wakeup ${PYTHON}/ovs/poller.py:263`;
}

function inventory(random: Random): string {
  return `DEBUG nova.scheduler.client.report ${context(random)} Inventory has not changed for provider ${uuid(random)} based on inventory data: {'VCPU': {'total': 64, 'reserved': 0, 'min_unit': 1, 'max_unit': 64, 'step_size': 1, 'allocation_ratio': 4.0}, 'MEMORY_MB': {'total': 257674, 'reserved': 512, 'min_unit': 1, 'max_unit': 257674, 'step_size': 1, 'allocation_ratio': 1.0}} set_inventory_for_provider ${PYTHON}/nova/scheduler/client/report.py:940`;
}

function networkInfo(random: Random): string {
  const address = `10.0.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`;
  return `DEBUG nova.network.neutron ${context(random)} [instance: ${uuid(random)}] Updating instance_info_cache with network_info: [{"id": "${uuid(random)}", "address": "fa:16:3e:12:8f:0c", "network": {"id": "${uuid(random)}", "bridge": "br-int", "label": "tenant-net", "subnets": [{"cidr": "10.0.0.0/16", "dns": [], "gateway": {"address": "10.0.0.1", "type": "gateway", "version": 4, "meta": {}}, "ips": [{"address": "${address}", "type": "fixed", "version": 4, "meta": {}, "floating_ips": []}], "routes": [], "version": 4, "meta": {"enable_dhcp": true}}], "meta": {"injected": false, "tenant_id": "${hex(random, 32)}", "mtu": 1442, "physical_network": null, "tunneled": true}}, "type": "ovs", "details": {"port_filter": true, "connectivity": "l2"}, "devname": "tap${hex(random, 8)}-7b", "vnic_type": "normal", "profile": {}, "preserve_on_delete": false, "active": true, "delegate_create": true, "meta": {}}] update_instance_cache_with_nw_info ${PYTHON}/nova/network/neutron.py:116`;
}

function plugged(random: Random): string {
  return `DEBUG nova.compute.manager ${context(random)} [instance: ${uuid(random)}] Received event network-changed-${uuid(random)} external_instance_event ${PYTHON}/nova/compute/manager.py:11163`;
}

function usage(random: Random): string {
  return `DEBUG nova.compute.resource_tracker ${context(random)} Instance ${uuid(random)} actively managed on this compute host and has allocations in placement: {'resources': {'DISK_GB': 20, 'MEMORY_MB': 2048, 'VCPU': 2}}. _remove_deleted_instances_allocations ${PYTHON}/nova/compute/resource_tracker.py:1706`;
}

function trackedMigration(random: Random): string {
  return `DEBUG nova.compute.resource_tracker ${context(random)} [instance: ${uuid(random)}] Updating resource usage from migration ${uuid(random)} _update_usage_from_migration ${PYTHON}/nova/compute/resource_tracker.py:1440`;
}

function resourceView(random: Random): string {
  return `INFO nova.compute.resource_tracker ${context(random)} Final resource view: name=compute-0 phys_ram=257674MB used_ram=${Math.floor(random() * 257674)}MB phys_disk=1787GB used_disk=400GB total_vcpus=64 used_vcpus=58 pci_stats=[]`;
}

function built(random: Random): string {
  return `INFO nova.compute.manager ${context(random)} [instance: ${uuid(random)}] Took ${(2 + random() * 8).toFixed(2)} seconds to build instance.`;
}

/** Each kind with how many of a thousand lines are of it. */
const KINDS: readonly (readonly [number, (random: Random) => string])[] = [
  [110, lockTaken],
  [110, lockGiven],
  [70, cacheLock],
  [110, periodic],
  [70, command],
  [70, commandDone],
  [70, skippedDisk],
  [110, poll],
  [40, inventory],
  [105, networkInfo],
  [50, plugged],
  [40, usage],
  [5, trackedMigration],
  [20, resourceView],
  [20, built],
];
const NOISE = KINDS.flatMap(([share, make]) => Array.from({ length: share }, () => make));

function seconds(random: Random): string {
  return (random() * 0.05).toFixed(3);
}

function uuid(random: Random): string {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;
}

function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 0x10000)
      .toString(16)
      .padStart(4, '0');
  return text.slice(0, digits);
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
}

/** Mulberry32: short, the same everywhere. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}
