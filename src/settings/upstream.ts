import type { Candidate, Setting } from '../model.ts';
import { dataGb } from '../nova/schedule.ts';
import type { DeclaredInstance } from './campaign.ts';
import { type Chosen, confSettings, fromConf, none } from './conf-settings.ts';
import type { ConfValue, NovaConf } from './nova-conf.ts';

/** What upstream nova takes: nova.conf's values, the timeout multiplied by the size of the instance (nova/virt/libvirt/driver.py). */
export function upstreamSettings(conf: NovaConf, instance: DeclaredInstance | null): Chosen {
  const size = sizeOf(instance);
  return {
    ...confSettings(conf),
    timeout_s: timeoutOf(conf.timeout, size.value, instance?.block_migration ?? false),
    max_downtime_ms: fromConf(conf.downtime),
    auto_converge: fromConf(conf.auto_converge),
    tunnel: fromConf(conf.tunnel),
    data_gb: size,
  };
}

/** A timeout of 0 is off whatever the size. */
function timeoutOf(
  { value: conf, origin, declared }: ConfValue<number>,
  gib: number | null,
  copiesDisks: boolean,
): Setting<number> {
  if (gib === null && conf !== 0) return none("nova.conf's value x GiB, but the size is not declared");
  const value = Math.trunc(conf * (gib ?? 0));
  const why = `nova.conf's ${conf} s x ${gib ?? '-'} GiB${copiesDisks && conf > 0 ? ', the most it can be' : ''}`;
  return { value, origin, declared, candidates: [], why };
}

/** Of data_gb's candidates, the first is what older novas make of the sizes, the second the least that can be. */
type SizeKey = 'memory_mib' | 'disks_gib';
const DISK_FILES =
  "a disk's file counts, not its declared size: less where it is thin, nothing where nova cannot see it";

function sizeOf(instance: DeclaredInstance | null): Setting<number> {
  if (instance?.memory_mib == null) return none('memory_mib of the instance is not declared');
  if (instance.block_migration && instance.disks_gib.length === 0)
    return none('disks_gib of the instance is not declared');
  const disks = instance.block_migration ? instance.disks_gib : [];
  const value = dataGb(instance.memory_mib, disks, false);
  const floored = dataGb(instance.memory_mib, disks, true);
  const least = dataGb(instance.memory_mib, [], true);
  const candidate = (key: SizeKey, gib: number, lost: string): Candidate[] =>
    gib === value ? [] : [{ origin: 'instance', key, value: String(gib), lost }];
  return {
    value,
    origin: 'instance',
    declared: true,
    candidates: [
      ...candidate('memory_mib', floored, 'Python 2 (nova until Stein) divides downwards'),
      ...(instance.block_migration ? candidate('disks_gib', least, DISK_FILES) : []),
    ],
    why: instance.block_migration
      ? `memory and disks, each at least 2 GiB: the most it can be, for ${DISK_FILES}`
      : 'memory, at least 2 GiB',
  };
}
