/** The page that an address means, by what stands behind its `#`. */
export interface Route {
  readonly page: 'front' | 'migrations' | 'migration' | 'hosts' | 'host' | 'tunnel';
  /** A migration's id, a host's name. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** An element of the front page. */
  readonly anchor: string | null;
}

const PAGES = ['migrations', 'migration', 'hosts', 'host', 'tunnel'] as const;

/** Reads an address; what it does not know is the front page. */
export function routeOf(hash: string): Route {
  if (!hash.startsWith('#/')) return { ...FRONT, anchor: hash.slice(1) || null };
  const [path = '', query = ''] = hash.slice(2).split('?');
  const [first = '', name = ''] = path.split('/');
  const page = PAGES.find((each) => each === first);
  return page === undefined ? FRONT : { page, name: decoded(name), query: new URLSearchParams(query), anchor: null };
}

const FRONT: Route = { page: 'front', name: '', query: new URLSearchParams(), anchor: null };

/** A name that was typed by hand may hold a bare percent sign. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
