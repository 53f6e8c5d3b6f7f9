/** QEMU's monitors in libvirtd's log: which guest each belongs to, and which reply it logged last. */
export class Monitors {
  readonly #known = new Map<string, Monitor>();
  #unnamed: string | null = null;

  /** libvirt says which guest it talks to; an address is used again when a guest has gone. */
  name(address: string, domain: string): void {
    const known = this.#take(address);
    this.#keep(address, known?.domain === domain ? known : { domain, last: null });
  }

  /** The guest of a monitor; null where no line named it. */
  domainOf(address: string): string | null {
    return this.#known.get(address)?.domain ?? null;
  }

  /** True for the first monitor without a name: whoever declares a log to be of one guest means that one. */
  isFirstUnnamed(address: string): boolean {
    this.#unnamed ??= address;
    return this.#unnamed === address;
  }

  /** False for a reply that was logged before, as libvirtd does at debug. */
  isNew(address: string, id: string | null, at: number): boolean {
    const { domain = null, last = null } = this.#take(address) ?? {};
    this.#keep(address, { domain, last: { id, at } });
    return id === null || last === null || last.id !== id || Math.abs(at - last.at) > DOUBLED_WITHIN_MS;
  }

  #take(address: string): Monitor | undefined {
    const known = this.#known.get(address);
    this.#known.delete(address);
    return known;
  }

  /** The ones used last are kept: a log may run for years, and each guest has its own. */
  #keep(address: string, monitor: Monitor): void {
    this.#known.set(address, monitor);
    const oldest = this.#known.size > MOST ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

interface Monitor {
  readonly domain: string | null;
  readonly last: { readonly id: string | null; readonly at: number } | null;
}

const MOST = 10_000;
const DOUBLED_WITHIN_MS = 5000;
