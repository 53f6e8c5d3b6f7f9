import type { Migration } from '../model.ts';

/** What every JSON of a migration begins with: which it is, and between which hosts. */
export function namesJson(m: Pick<Migration, 'id' | 'instance' | 'sourceHost' | 'destinationHost' | 'requestId'>) {
  return {
    id: m.id,
    instance: m.instance,
    source_host: m.sourceHost,
    destination_host: m.destinationHost,
    request_id: m.requestId,
  };
}
