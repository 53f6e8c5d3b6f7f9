import { wholeNumber } from '../nova/values.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const DOWNTIME = 'hw:wrs:live_migration_max_downtime';

/**
 * What the fork's nova-api answers where it refuses a key of a flavor or of an instance's metadata (stx-nova,
 * nova/api/openstack/common.py); null where it takes it. Images are not checked.
 */
export function refusalOf(key: string, value: string): string | null {
  const number = wholeNumber(value);
  if (key === TIMEOUT) {
    if (number === null) return bad(`${key} must be an integer.`);
    return number === 0 || (number >= 120 && number <= 800) ? null : bad(`${key} must be 0 or in the range 120 to 800`);
  }
  if (key === DOWNTIME) {
    if (number === null) return bad(`${key} must be an integer.`);
    return number >= 100 ? null : bad(`${key} must be greater than or equal to 100`);
  }
  return null;
}

function bad(text: string): string {
  return `ERROR (BadRequest): ${text} (HTTP 400)`;
}
