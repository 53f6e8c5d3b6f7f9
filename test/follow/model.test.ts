import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { follow, type Rig, texts } from '../follow-rig.ts';
import { line, uuid } from '../sample-log.ts';
import { remove, rows, temporary } from '../scratch.ts';

/** Histories a run; each is a different one. More with NOVATRAIL_HISTORIES, the same again with NOVATRAIL_SEED. */
const HISTORIES = Number(process.env.NOVATRAIL_HISTORIES ?? 300);

/** Thousands of stores are made and thrown away: in memory where that is to be had. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const TIMEOUT_MS = 120_000 + HISTORIES * 500;

type Action =
  | { readonly do: 'lines'; readonly count: number; readonly noise: number }
  | { readonly do: 'part'; readonly at: number }
  | { readonly do: 'rename'; readonly late: number }
  | { readonly do: 'copytruncate'; readonly between: number }
  | { readonly do: 'compress' | 'look' | 'restart' | 'kill' | 'archives' }
  | { readonly do: 'pass'; readonly seconds: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('lines' as const), count: fc.nat(4), noise: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('part' as const), at: fc.integer({ min: 1, max: 150 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), late: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compress' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 20, 90) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'kill' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('archives' as const) }) },
);
const cutting = fc.record({ do: fc.constant('copytruncate' as const), between: fc.nat(2) });

test(
  'whatever is renamed, compressed, paused and killed, every line is stored once',
  async () => {
    await histories(fc.array(action, { minLength: 4, maxLength: 40 }), async (world) => {
      expect(texts(world.db)).toEqual(world.written);
      expect(rows(world.db, 'SELECT * FROM lost_ranges')).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

test(
  'copytruncate loses nothing but lines that came after the copy and were not looked at, and says so',
  async () => {
    const actions = fc.array(fc.oneof({ weight: 8, arbitrary: action }, { weight: 1, arbitrary: cutting }), {
      minLength: 4,
      maxLength: 40,
    });
    await histories(actions, async (world) => {
      const stored = texts(world.db);
      const missing = world.written.filter((text) => !stored.includes(text));
      expect(stored).toEqual(world.written.filter((text) => !missing.includes(text)));
      expect(missing.filter((text) => !world.atRisk.has(text))).toEqual([]);
      const lost = rows(world.db, 'SELECT * FROM lost_ranges');
      if (missing.some((text) => world.noticed.has(text))) expect(lost.length).toBeGreaterThan(0);
    });
  },
  TIMEOUT_MS,
);

async function histories(actions: fc.Arbitrary<Action[]>, check: (world: World) => Promise<void>): Promise<void> {
  const seed = Number(process.env.NOVATRAIL_SEED ?? Date.now() % 2 ** 31);
  console.log(`${HISTORIES} histories, seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(actions, async (all) => {
      const world = await World.begin();
      try {
        for (const each of all) await world.act(each);
        await world.settle();
        await check(world);
      } finally {
        world.end();
      }
    }),
    { seed, numRuns: HISTORIES },
  );
}

/** The writer's side: what was written where; and the tail beside it. */
class World {
  readonly folder = temporary({}, MEMORY);
  readonly db = join(this.folder, 'tail.db');
  readonly path = join(this.folder, 'c0/nova-compute.log');
  /** Every event line, in order. */
  readonly written: string[] = [];
  /** Lines that stood in the file, and in no copy, when it was cut off unlooked at. */
  readonly atRisk = new Set<string>();
  /**
   * Those of them of whose file a whole line had been read: where no more than the beginning of a line was seen, which all
   * lines share, nobody can tell that it was cut off.
   */
  readonly noticed = new Set<string>();
  #lineSeen = false;
  /** Those noticed since the last look: a tail that is killed before the next one, and had stored nothing of the file, knows nothing of it. */
  #unlooked: string[] = [];
  #fd = -1;
  #rest = '';
  #count = 0;
  #rig: Rig | null = null;
  #now = Date.UTC(2018, 6, 3);

  static async begin(): Promise<World> {
    const world = new World();
    mkdirSync(join(world.folder, 'c0'));
    world.#reopen();
    world.#rig = await world.#start();
    return world;
  }

  async act(action: Action): Promise<void> {
    if (action.do === 'lines') this.#lines(action.count, action.noise);
    else if (action.do === 'part') this.#part(action.at);
    else if (action.do === 'rename') this.#rename(action.late);
    else if (action.do === 'copytruncate') this.#copytruncate(action.between);
    else if (action.do === 'compress') this.#compress();
    else if (action.do === 'look') this.#look();
    else if (action.do === 'pass') this.#pass(action.seconds);
    else if (action.do === 'archives') await this.#archives();
    else await this.#restart(action.do === 'kill');
  }

  /** All lines are complete, all files looked at, in their order. */
  async settle(): Promise<void> {
    this.#finishLine();
    this.#look();
    this.#pass(90);
    await this.#archives();
    await this.#restart(false);
    await this.#archives();
    this.#rig?.stop();
  }

  end(): void {
    this.#rig?.kill();
    closeSync(this.#fd);
    remove(this.folder);
  }

  #start(): Promise<Rig> {
    return follow(this.db, [join(this.folder, 'c0')], { now0: this.#now, finishing: false });
  }

  #look(): void {
    this.#rig?.look();
    this.#lineSeen = readFileSync(this.path).includes(10);
    this.#unlooked = [];
  }

  #pass(seconds: number): void {
    this.#now += seconds * 1000;
    (this.#rig as Rig).now = this.#now;
    this.#look();
  }

  async #archives(): Promise<void> {
    this.#pass(3);
    await this.#rig?.tail.readArchives(new AbortController().signal);
  }

  async #restart(kill: boolean): Promise<void> {
    if (kill && !this.#isStored()) for (const text of this.#unlooked) this.noticed.delete(text);
    if (kill) this.#rig?.kill();
    else this.#rig?.stop();
    this.#rig = await this.#start();
    this.#look();
    await this.#archives();
    this.#rig.tail.noteMissing();
  }

  #isStored(): boolean {
    return rows(this.db, 'SELECT path, bytes FROM sources').some(
      ({ path, bytes }) => path === this.path && bytes !== 0,
    );
  }

  #reopen(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = openSync(this.path, 'a');
  }

  #write(text: string): void {
    writeSync(this.#fd, text);
    utimesSync(this.path, this.#now / 1000, this.#now / 1000);
  }

  #next(): string {
    this.#count += 1;
    const text = line(
      this.#count,
      `[req-1 u1 p1 - - -] [instance: ${uuid(this.#count % 3)}] VM Paused (Lifecycle Event)`,
    );
    this.written.push(text);
    return text;
  }

  #lines(count: number, noise: number): void {
    this.#finishLine();
    for (let index = 0; index < count; index += 1) this.#write(`${this.#next()}\n`);
    for (let index = 0; index < noise; index += 1)
      this.#write(`${line(this.#count, '[-] nothing', { level: 'DEBUG' })}\n`);
  }

  #part(at: number): void {
    this.#finishLine();
    const text = `${this.#next()}\n`;
    this.#write(text.slice(0, at));
    this.#rest = text.slice(at);
  }

  #finishLine(): void {
    if (this.#rest !== '') this.#write(this.#rest);
    this.#rest = '';
  }

  #rotated(): number[] {
    const numbers = readdirSync(join(this.folder, 'c0')).map((name) =>
      Number(/\.log\.(\d+)(?:\.gz)?$/.exec(name)?.[1]),
    );
    return numbers.filter((number) => number > 0).sort((a, b) => b - a);
  }

  #shift(): void {
    for (const number of this.#rotated()) {
      const end = existsSync(`${this.path}.${number}`) ? '' : '.gz';
      renameSync(`${this.path}.${number}${end}`, `${this.path}.${number + 1}${end}`);
    }
  }

  #rename(late: number): void {
    this.#shift();
    renameSync(this.path, `${this.path}.1`);
    writeFileSync(this.path, '');
    this.#lineSeen = false;
    this.#finishLine();
    for (let index = 0; index < late; index += 1) this.#write(`${this.#next()}\n`);
    this.#reopen();
  }

  #copytruncate(between: number): void {
    this.#shift();
    copyFileSync(this.path, `${this.path}.1`);
    const torn = this.#rest !== '';
    this.#finishLine();
    if (torn) this.#risk(String(this.written.at(-1)));
    for (let index = 0; index < between; index += 1) {
      const text = this.#next();
      this.#write(`${text}\n`);
      this.#risk(text);
    }
    truncateSync(this.path, 0);
    this.#lineSeen = false;
  }

  #risk(text: string): void {
    this.atRisk.add(text);
    if (!this.#lineSeen) return;
    this.noticed.add(text);
    this.#unlooked.push(text);
  }

  #compress(): void {
    const number = this.#rotated().find((each) => existsSync(`${this.path}.${each}`));
    if (number === undefined || number < 2) return;
    const plain = `${this.path}.${number}`;
    writeFileSync(`${plain}.gz`, gzipSync(readFileSync(plain)));
    utimesSync(`${plain}.gz`, this.#now / 1000, this.#now / 1000);
    unlinkSync(plain);
  }
}
