import { type ChildProcess, spawn } from 'node:child_process';

/** What one call of a tool printed, and when it was made (ms). */
export interface Block {
  readonly at: number;
  readonly command: string;
  readonly domain: string;
  readonly rc: number;
  readonly text: string;
}

/** A migration to be sampled: its guest, by the instance's UUID, which libvirt takes for a domain's name. */
export interface Guest {
  readonly instance: string;
}

export interface SamplerOptions {
  /** The program and its first arguments: `virsh -r`. */
  readonly command: readonly string[];
  readonly now: () => number;
  readonly store: (block: Block) => void;
  readonly warn: (message: string) => void;
}

/** At most so many guests are asked at once; a call that takes longer (ms) or prints more (bytes) is given up. */
const LIMITS = { guests: 8, time_ms: 900, bytes: 64 * 1024 };
/** After so many answers in a row that show no job, a guest is left alone: the log missed its end. */
const MOST_SILENT = 600;

/**
 * Asks libvirt for the job of every guest that migrates from this host. Call `sample` about once a second with those that
 * migrate: with none, nothing is started. Where the program is missing, that is told once and nothing is started again.
 */
export class DomjobinfoSampler {
  readonly #options: SamplerOptions;
  readonly #running = new Map<string, ChildProcess>();
  readonly #silent = new Map<string, number>();
  #isMissing = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  sample(guests: readonly Guest[]): void {
    const names = new Set(guests.map(({ instance }) => instance));
    for (const name of this.#silent.keys()) if (!names.has(name)) this.#silent.delete(name);
    for (const name of names) {
      if (this.#isMissing || this.#running.size >= LIMITS.guests) return;
      if (!this.#running.has(name) && (this.#silent.get(name) ?? 0) < MOST_SILENT) this.#ask(name);
    }
  }

  /** Calls that have not come back yet. */
  get underWay(): number {
    return this.#running.size;
  }

  /** Ends the calls that are under way. */
  close(): void {
    for (const child of this.#running.values()) child.kill('SIGKILL');
  }

  #ask(domain: string): void {
    const [program = '', ...first] = this.#options.command;
    const at = this.#options.now();
    const child = spawn(program, [...first, 'domjobinfo', domain], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      timeout: LIMITS.time_ms,
      killSignal: 'SIGKILL',
    });
    this.#running.set(domain, child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (data: string) => {
        text = (text + data).slice(0, LIMITS.bytes);
      });
    }
    child.on('error', (error) => this.#failed(domain, error));
    child.on('close', (rc) => {
      this.#running.delete(domain);
      if (rc === null || this.#isMissing) return;
      this.#count(domain, text);
      this.#options.store({ at, command: 'virsh domjobinfo', domain, rc, text });
    });
  }

  #failed(domain: string, error: NodeJS.ErrnoException): void {
    this.#running.delete(domain);
    const { warn, command } = this.#options;
    if (error.code !== 'ENOENT' && error.code !== 'EACCES') warn(`${command[0]}: ${error.message}`);
    else if (!this.#isMissing) {
      warn(`${command[0]} cannot be run (${error.code}); without it throttling is not seen`);
      this.#isMissing = true;
    }
  }

  #count(domain: string, text: string): void {
    const runs = /^Job type:\s*(?:Unbounded|Bounded)/m.test(text);
    this.#silent.set(domain, runs ? 0 : (this.#silent.get(domain) ?? 0) + 1);
  }
}
