import type { Campaign, DeclaredInstance, DeclaredKeys } from '../campaign.ts';
import type { Imported, ImportedFlavor, ImportedImage, ImportedKey, ImportedServer } from './openstack.ts';

/** A campaign with what it imports, and what is missing to know an imported server's settings. */
export interface Merged {
  readonly campaign: Campaign;
  readonly missing: readonly string[];
}

/**
 * Adds imported servers to a campaign's instances, with the keys of their flavors, images and metadata. What the campaign file
 * itself says of a key stands. A server whose flavor or image was not imported is not added: keys that nobody saw would pass
 * for absent.
 */
export function mergeImports(campaign: Campaign, imported: Imported): Merged {
  const instances = new Map(campaign.instances);
  const missing: string[] = [];
  for (const server of imported.servers) {
    const known = instances.get(server.id) ?? null;
    const [flavor, image] = [flavorOf(server, imported), imageOf(server, imported)];
    if (known === null && (flavor === null || image === null)) {
      missing.push(...missingOf(server, flavor, image));
      continue;
    }
    instances.set(server.id, instanceOf(server, flavor, image, known));
  }
  return { campaign: { ...campaign, instances }, missing };
}

function flavorOf({ flavor }: ImportedServer, { flavors }: Imported): ImportedFlavor | null {
  if (!('reference' in flavor)) return flavor;
  return flavors.find(({ id, name }) => flavor.reference !== null && [id, name].includes(flavor.reference)) ?? null;
}

/** Booted from a volume, nova takes the properties that the volume keeps of its image. */
function imageOf({ image, volumes }: ImportedServer, imported: Imported): ImportedImage | null {
  if (image !== null) return imported.images.find(({ id, name }) => [id, name].includes(image)) ?? null;
  const attached = imported.volumes.filter(({ id }) => id !== null && volumes.includes(id.toLowerCase()));
  return attached.find(({ keys }) => keys.length > 0) ?? attached[0] ?? null;
}

function missingOf(server: ImportedServer, flavor: ImportedFlavor | null, image: ImportedImage | null): string[] {
  const reference = 'reference' in server.flavor ? server.flavor.reference : null;
  const { path, line } = server.proof.ref;
  const tell = (what: string, command: string) =>
    `${path}:${line}: the settings of ${server.name} are not all known, for its ${what} is not imported: add what ${command} -f json prints`;
  const ofImage =
    server.image === null
      ? tell('root volume', `openstack volume show ${server.volumes[0] ?? 'VOLUME'}`)
      : tell(`image ${server.image}`, `openstack image show ${server.image}`);
  return [
    ...(flavor === null
      ? [tell(`flavor ${reference ?? ''}`.trim(), `openstack flavor show ${reference ?? 'FLAVOR'}`)]
      : []),
    ...(image === null ? [ofImage] : []),
  ];
}

function instanceOf(
  server: ImportedServer,
  flavor: ImportedFlavor | null,
  image: ImportedImage | null,
  known: DeclaredInstance | null,
): DeclaredInstance {
  return {
    ...(known ?? {
      disks_gib: [],
      block_migration: false,
      workload: { constant: false, cpu_bound: false, dirty_mib_s: null },
    }),
    id: server.id,
    name: known?.name ?? server.name,
    domain: known?.domain ?? server.domain,
    memory_mib: known?.memory_mib ?? flavor?.memory_mib ?? null,
    vcpus: known?.vcpus ?? flavor?.vcpus ?? null,
    flavor: { ...declared(flavor?.keys ?? []), ...known?.flavor },
    image: { ...declared(image?.keys ?? []), ...known?.image },
    metadata: { ...declared(server.metadata), ...known?.metadata },
  };
}

function declared(keys: readonly ImportedKey[]): DeclaredKeys {
  return Object.fromEntries(keys.map(({ key, value, proof }) => [key, [{ value, from: null, proof }]]));
}
