// Where the pages are: what stands behind the `#` of the address.

/** The page of a migration, opened at one of its lines where that is given (its place in the details' `lines`). */
export function migrationPlace(id: string, line: number | null = null): string {
  return `#/migration/${encodeURIComponent(id)}${line === null ? '' : `?line=${line}`}`;
}

/** The page of a host. */
export function hostPlace(host: string): string {
  return `#/host/${encodeURIComponent(host)}`;
}

/** The table of migrations, with only those of a kind. */
export function migrationsPlace(filter: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(filter).toString();
  return `#/migrations${query === '' ? '' : `?${query}`}`;
}

export const FRONT_PLACE = '#/';
export const HOSTS_PLACE = '#/hosts';
export const TUNNEL_PLACE = '#/tunnel';
