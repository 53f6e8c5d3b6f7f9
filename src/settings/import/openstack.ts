import type { MigrationRecord } from '../../certification.ts';
import type { Proof } from '../../judgement.ts';
import { dictionaryOf, numberOf, type Printed, textOf, uuidsOf } from './fields.ts';

/** A key of a flavor, an image or an instance, with the line that says it. */
export interface ImportedKey {
  readonly key: string;
  readonly value: string;
  readonly proof: Proof;
}

export interface ImportedFlavor {
  readonly name: string | null;
  readonly id: string | null;
  readonly memory_mib: number | null;
  readonly vcpus: number | null;
  readonly keys: readonly ImportedKey[];
}

/** An image, or a volume's copy of one. */
export interface ImportedImage {
  readonly id: string | null;
  readonly name: string | null;
  readonly keys: readonly ImportedKey[];
}

export interface ImportedServer {
  readonly id: string;
  readonly name: string;
  readonly domain: string | null;
  readonly metadata: readonly ImportedKey[];
  /** What the server itself says of its flavor (since API 2.47); else its name or id, to be looked up. */
  readonly flavor: ImportedFlavor | { readonly reference: string | null };
  /** Name or id; null where it was booted from a volume. */
  readonly image: string | null;
  readonly volumes: readonly string[];
  readonly proof: Proof;
}

/** A live migration that somebody asked the API for (openstack server event list). */
export interface ServerAction {
  readonly instance: string | null;
  readonly request: string;
  readonly at: number | null;
}

/** What clients printed, by kind. */
export interface Imported {
  readonly servers: ImportedServer[];
  readonly flavors: ImportedFlavor[];
  readonly images: ImportedImage[];
  readonly volumes: ImportedImage[];
  readonly migrations: MigrationRecord[];
  readonly actions: ServerAction[];
}

/** Sorts what clients printed by kind, old and new clients' field names alike; what is of no use is left out. */
export function sortPrinted(things: readonly Printed[]): Imported {
  const imported: Imported = { servers: [], flavors: [], images: [], volumes: [], migrations: [], actions: [] };
  for (const thing of things) {
    const has = (...names: readonly string[]) => names.some((name) => thing.fields.has(name));
    if (has('request_id') && has('action')) imported.actions.push(...actionOf(thing));
    else if (has('source_compute', 'source_node') && has('status')) imported.migrations.push(migrationOf(thing));
    else if (has('disk_format', 'container_format')) imported.images.push(imageOf(thing));
    else if (has('volume_image_metadata', 'volume_type', 'attachments')) imported.volumes.push(volumeOf(thing));
    else if (has('flavor', 'flavor:original_name')) imported.servers.push(...serverOf(thing));
    else if (has('ram') && has('vcpus')) imported.flavors.push(flavorOf(thing));
  }
  return imported;
}

function serverOf(thing: Printed): ImportedServer[] {
  const id = textOf(thing, 'id');
  if (id === null) return [];
  return [
    {
      id: id.toLowerCase(),
      name: textOf(thing, 'name') ?? id,
      domain: textOf(thing, 'os_ext_srv_attr:instance_name', 'instance_name'),
      metadata: keysOf(thing, 'properties', 'metadata'),
      flavor: flavorOfServer(thing),
      image: imageReference(thing),
      volumes: uuidsOf(thing, 'volumes_attached', 'os_extended_volumes:volumes_attached', 'attached_volumes'),
      proof: thing.proof('id'),
    },
  ];
}

/** `m1.small (42)` until API 2.46; from 2.47 on what the flavor was when the server was made. */
function flavorOfServer(thing: Printed): ImportedServer['flavor'] {
  const specs = dictionaryOf(thing, 'flavor:extra_specs');
  if (specs !== null) {
    const keys = Object.entries(specs).map(([key, value]) => ({
      key,
      value,
      proof: thing.proof('flavor:extra_specs'),
    }));
    const [memory_mib, vcpus] = [numberOf(thing, 'flavor:ram'), numberOf(thing, 'flavor:vcpus')];
    return { name: textOf(thing, 'flavor:original_name'), id: null, memory_mib, vcpus, keys };
  }
  const inside = dictionaryOf(thing, 'flavor') ?? {};
  const dotted = Object.entries(inside).filter(([key]) => key.startsWith('extra_specs.'));
  if (inside.extra_specs === undefined && dotted.length === 0 && inside.ram === undefined) {
    const text = textOf(thing, 'flavor');
    return { reference: /\(([^()]+)\)\s*$/.exec(text ?? '')?.[1] ?? text };
  }
  const nested = inside.extra_specs === undefined ? {} : (JSON.parse(inside.extra_specs) as Record<string, unknown>);
  const all = [...dotted.map(([key, value]) => [key.slice('extra_specs.'.length), value]), ...Object.entries(nested)];
  return {
    name: inside.original_name ?? inside.name ?? null,
    id: null,
    memory_mib: Number(inside.ram) || null,
    vcpus: Number(inside.vcpus) || null,
    keys: all.map(([key, value]) => ({
      key: String(key),
      value: String(value),
      proof: thing.proof('flavor', 'extra_specs'),
    })),
  };
}

/** Null where it was booted from a volume: an empty field, or a sentence that says so. */
function imageReference(thing: Printed): string | null {
  const inside = dictionaryOf(thing, 'image');
  if (inside?.id !== undefined) return inside.id;
  const text = textOf(thing, 'image');
  if (text === null || /boot(?:ed)? from volume/i.test(text)) return null;
  return /\(([^()]+)\)\s*$/.exec(text)?.[1] ?? text;
}

function flavorOf(thing: Printed): ImportedFlavor {
  return {
    name: textOf(thing, 'name'),
    id: textOf(thing, 'id'),
    memory_mib: numberOf(thing, 'ram'),
    vcpus: numberOf(thing, 'vcpus'),
    keys: keysOf(thing, 'properties', 'extra_specs'),
  };
}

/** Properties stand in a dictionary (openstack) or as fields of their own (glance). */
function imageOf(thing: Printed): ImportedImage {
  const own = [...thing.fields].flatMap(([key, value]) =>
    /^hw[_:]/.test(key) ? [{ key, value: String(value), proof: thing.proof(key) }] : [],
  );
  return { id: textOf(thing, 'id'), name: textOf(thing, 'name'), keys: [...own, ...keysOf(thing, 'properties')] };
}

function volumeOf(thing: Printed): ImportedImage {
  return { id: textOf(thing, 'id'), name: textOf(thing, 'name'), keys: keysOf(thing, 'volume_image_metadata') };
}

function keysOf(thing: Printed, ...names: readonly string[]): ImportedKey[] {
  const field = names.find((name) => thing.fields.has(name)) ?? '';
  const found = Object.entries(dictionaryOf(thing, field) ?? {});
  return found.map(([key, value]) => ({ key, value, proof: thing.proof(field, key) }));
}

function migrationOf(thing: Printed): MigrationRecord {
  return {
    instance: uuidsOf(thing, 'server_uuid', 'instance_uuid', 'server_id')[0] ?? null,
    status: textOf(thing, 'status') ?? '',
    knownBy: "nova's database",
    startedAt: timeOf(textOf(thing, 'created_at')),
    proof: thing.proof('status'),
  };
}

function actionOf(thing: Printed): ServerAction[] {
  const request = textOf(thing, 'request_id');
  if (request === null || textOf(thing, 'action') !== 'live-migration') return [];
  const instance = uuidsOf(thing, 'server_id', 'instance_uuid')[0] ?? null;
  return [{ instance, request, at: timeOf(textOf(thing, 'start_time')) }];
}

/** The API prints UTC without saying so. */
function timeOf(text: string | null): number | null {
  if (text === null) return null;
  const at = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? null : at;
}
