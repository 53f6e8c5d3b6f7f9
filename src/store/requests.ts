import { type Handle, prepared } from './open.ts';

/** Every instance with an event of a request whose id begins so. */
export function instancesOfRequest(db: Handle, beginning: string): string[] {
  const found = prepared(
    db,
    'SELECT DISTINCT instance FROM events WHERE instance IS NOT NULL AND request_id >= ? AND request_id < ? ORDER BY instance',
  ).pluck();
  return found.all(beginning, `${beginning}~`) as string[];
}
