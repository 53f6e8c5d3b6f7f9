import type { Fields, LogLine, Recognised, Ref, Sample, SampleKind } from '../model.ts';
import { type BlockHeader, blockHeader } from './block-header.ts';
import type { Clock } from './clock.ts';
import { unwrap } from './envelope.ts';
import { jobOfBlock, migrateReply } from './job-sample.ts';
import { Monitors } from './monitors.ts';
import { monitorMessage, sampleLine } from './sample-lines.ts';
import { TopTimes } from './top-times.ts';

/** What is known of a file of samples before its first line. */
export interface SampleContext {
  readonly path: string;
  readonly host: string | null;
  /** UUID of the guest, for what does not name its guest itself. */
  readonly instance: string | null;
  /** The day (UTC) of the first sample, for times of day without one. */
  readonly date: string | null;
  /** Reads the stamps of libvirtd's log. */
  readonly clock: Clock;
}

/** Puts lines together to samples. Keeps one block and the names of guests; whatever lines come, it does not throw. */
export class SampleAssembler {
  /** Lines that say something a sample is made of. */
  recognised = 0;
  /** Samples left out because nobody knows their day. */
  undated = 0;
  /** Guests of which lines print both names, by both. */
  readonly guests = new Map<string, { readonly domain: string; readonly instance: string }>();
  readonly #context: SampleContext;
  readonly #top: TopTimes;
  readonly #monitors = new Monitors();
  #block: Block | null = null;
  #topAt: number | null = null;
  #firstNamed: string | null = null;

  constructor(context: SampleContext) {
    this.#context = context;
    this.#top = new TopTimes(context.date);
  }

  /** The samples that this line completes. */
  take(line: LogLine): Sample[] {
    const text = line.text.trimEnd();
    if (isOfLibvirtd(text)) return this.#ofLog(line, text);
    const said = sampleLine(text);
    if (said === null) return [];
    this.recognised += 1;
    return said.type === 'block-header' ? this.#open(line, said) : this.#ofLine(line, said);
  }

  /** The sample that the end of the file completes. */
  end(): Sample[] {
    const block = this.#block;
    this.#block = null;
    return block === null ? [] : this.#jobOf(block);
  }

  #open(line: LogLine, { fields }: Recognised): Sample[] {
    const closed = this.end();
    const header = blockHeader(String(fields.time), String(fields.command));
    this.#block = header === null ? null : { header, line, figures: {}, job: null, operation: null, throttle: null };
    this.#topAt = header?.at ?? null;
    this.#top.restart();
    return closed;
  }

  #ofLine(line: LogLine, { type, fields }: Recognised): Sample[] {
    switch (type) {
      case 'job-type':
        if (this.#block !== null) this.#block.job ??= { status: String(fields.job), line };
        return [];
      case 'job-operation':
        if (this.#block !== null) this.#block.operation ??= String(fields.operation);
        return [];
      case 'job-figure':
        if (this.#block !== null) addFigures(this.#block, fields, line);
        return [];
      case 'top-clock':
        this.#topAt = this.#top.next(Number(fields.second_of_day), this.#block?.header.at ?? null);
        return [];
      case 'top-vcpu':
        return this.#inBlock('vcpu', this.#topAt, fields, line);
      case 'top-libvirtd':
        return this.#inBlock('libvirtd', this.#topAt, { cpu_percent: fields.cpu_percent ?? null }, line);
      case 'vcpu-times':
        return this.#times(fields, line);
      case 'guest-named':
        return this.#learn(fields);
      case 'flow':
        return isLibvirts(fields) ? this.#inBlock('flow', this.#block?.header.at ?? null, fields, line) : [];
      default:
        return this.#reply(String(fields.json), line);
    }
  }

  /** A line of libvirtd's log: which guest a monitor is of, or what QEMU replied. */
  #ofLog(line: LogLine, text: string): Sample[] {
    // Most of what QEMU replies is to other commands, and long.
    if (text.includes('QEMU_MONITOR_') && !text.includes('"status"')) {
      this.recognised += 1;
      return [];
    }
    const read = unwrap(text);
    const said = read.kind === 'header' ? monitorMessage(read.header.message) : null;
    if (read.kind !== 'header' || said === null) return [];
    this.recognised += 1;
    if (said.type === 'guest-named') return this.#learn(said.fields);
    const monitor = String(said.fields.monitor);
    const at = this.#context.clock.at(read.header.stamp);
    if (said.type === 'monitor-entered') {
      this.#monitors.name(monitor, String(said.fields.domain));
      return [];
    }
    const reply = migrateReply(String(said.fields.json));
    if (reply === null) return [];
    if (at === null) return this.#withoutDay();
    if (!this.#monitors.isNew(monitor, reply.id, at)) return [];
    const domain = this.#monitors.domainOf(monitor);
    const own = domain === null && this.#monitors.isFirstUnnamed(monitor);
    const guest = { domain, instance: own ? this.#context.instance : null };
    const host = this.#context.host ?? read.header.host;
    return [{ kind: 'job', at, host, ...guest, fields: reply.fields, text: cut(text), ref: this.#ref(line) }];
  }

  #learn({ domain, instance }: Fields): Sample[] {
    const guest = { domain: String(domain), instance: String(instance) };
    if (this.guests.size < MOST_GUESTS) this.guests.set(`${domain} ${instance}`, guest);
    return [];
  }

  #times({ time, vcpu, ...times }: Fields, line: LogLine): Sample[] {
    const { tool, at = null } = this.#block?.header ?? {};
    // Three numbers alone are a line of anything.
    if (time === null && tool !== 'schedstat') return [];
    const own = typeof time === 'string' ? Date.parse(time) : at;
    const fields = { vcpu: vcpu ?? this.#block?.header.vcpu ?? null, ...times };
    return this.#inBlock('schedstat', Number.isNaN(own) ? null : own, fields, line);
  }

  #reply(json: string, line: LogLine): Sample[] {
    const reply = migrateReply(json);
    return reply === null ? [] : this.#inBlock('job', reply.at ?? this.#block?.header.at ?? null, reply.fields, line);
  }

  #inBlock(kind: SampleKind, at: number | null, fields: Fields, line: LogLine): Sample[] {
    if (at === null) return this.#withoutDay();
    const ofGuest = kind === 'job' || kind === 'vcpu' || kind === 'schedstat';
    const guest = ofGuest ? this.#guest(this.#block?.header.guest ?? null) : { domain: null, instance: null };
    const host = this.#block?.header.host ?? this.#context.host;
    return [{ kind, at, host, ...guest, fields, text: cut(line.text.trimEnd()), ref: this.#ref(line) }];
  }

  #jobOf({ header, line, figures, job, operation, throttle }: Block): Sample[] {
    const via = header.tool === 'rawstats' ? 'rawstats' : 'domjobinfo';
    const { completed } = header;
    const fields = job && jobOfBlock({ job: job.status, operation, figures, via, completed });
    if (!job || !fields) return [];
    const telling = throttle ?? job.line;
    const text = cut(`${line.text.trimEnd().slice(0, LONGEST_HEADER)} | ${telling.text.trim()}`);
    const host = header.host ?? this.#context.host;
    return [{ kind: 'job', at: header.at, host, ...this.#guest(header.guest), fields, text, ref: this.#ref(telling) }];
  }

  /** Whoever declares a file to be of one instance means the guest that it names first. */
  #guest(named: string | null): Pick<Sample, 'domain' | 'instance'> {
    const { instance } = this.#context;
    if (named === null) return { domain: null, instance };
    if (UUID.test(named)) return { domain: null, instance: named.toLowerCase() };
    this.#firstNamed ??= named;
    return { domain: named, instance: named === this.#firstNamed ? instance : null };
  }

  #withoutDay(): Sample[] {
    this.undated += 1;
    return [];
  }

  #ref({ line, offset }: LogLine): Ref {
    return { path: this.#context.path, line, offset };
  }
}

/** The block that is open: its header's line, and what its lines said so far. */
interface Block {
  readonly header: BlockHeader;
  readonly line: LogLine;
  readonly figures: Record<string, number>;
  job: { readonly status: string; readonly line: LogLine } | null;
  operation: string | null;
  throttle: LogLine | null;
}

function addFigures(block: Block, fields: Fields, line: LogLine): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'number' || name in block.figures) continue;
    block.figures[name] = value;
    if (name === 'throttle_percent') block.throttle = line;
  }
}

/**
 * Connections of libvirtd (plain, TLS), and all between two high ports: a migration's direct connection is one of these, whatever
 * ports qemu.conf gives it (49152 to 49215 by default).
 */
function isLibvirts({ local_port: local, peer_port: peer }: Fields): boolean {
  if (typeof local !== 'number' || typeof peer !== 'number') return false;
  return [local, peer].some((port) => port === 16509 || port === 16514) || Math.min(local, peer) >= 32768;
}

/** Before the line is taken apart, which costs more. */
function isOfLibvirtd(text: string): boolean {
  return (
    /QEMU_MONITOR_|Entering monitor \(|:\d+ : Domain not found: /.test(text) ||
    (text.includes(' -name ') && text.includes(' -uuid '))
  );
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_HEADER = 300;
const MOST_TEXT = 1000;
const MOST_GUESTS = 10_000;

function cut(text: string): string {
  return text.slice(0, MOST_TEXT);
}
