import type { Campaign, DeclaredInstance, DeclaredKeys } from '../campaign.ts';
import type { Imported, ImportedKey } from './openstack.ts';

const NOTHING: Omit<DeclaredInstance, 'id' | 'name'> = {
  domain: null,
  memory_mib: null,
  vcpus: null,
  block_migration: false,
  disks_gib: [],
  workload: { constant: false, cpu_bound: false, dirty_mib_s: null },
  flavor: {},
  image: {},
  metadata: {},
};

/**
 * A campaign in which each imported flavor, image, volume and server stands for itself, so that its keys can be looked at
 * before anything is launched with it. Servers that the campaign has are left as they are.
 */
export function standingAlone(campaign: Campaign, imported: Imported): Campaign {
  const instances = new Map(campaign.instances);
  const add = (kind: string, name: string | null, id: string | null, keys: Partial<DeclaredInstance>) => {
    const called = `${kind} ${name ?? id ?? instances.size}`;
    instances.set(called, { ...NOTHING, ...keys, id: called, name: called });
  };
  for (const { name, id, keys } of imported.flavors) add('flavor', name, id, { flavor: declared(keys) });
  for (const { name, id, keys } of imported.images) add('image', name, id, { image: declared(keys) });
  for (const { name, id, keys } of imported.volumes) add('volume', name, id, { image: declared(keys) });
  for (const { id, name, metadata } of imported.servers)
    if (!instances.has(id)) add('server', name, id, { metadata: declared(metadata) });
  return { ...campaign, instances };
}

function declared(keys: readonly ImportedKey[]): DeclaredKeys {
  return Object.fromEntries(keys.map(({ key, value, proof }) => [key, [{ value, from: null, proof }]]));
}
