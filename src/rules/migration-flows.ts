import type { Case, Proof } from '../judgement.ts';
import type { Migration, Sample } from '../model.ts';
import { median } from '../numbers.ts';
import type { Span } from './running-span.ts';
import { ends, sureFigure } from './sample-fields.ts';
import { eventsOf, numberOf } from './timeline.ts';

/** Which way the memory went, as the hosts' connections show it. */
export interface FlowEvidence {
  readonly path: 'direct' | 'tunnelled' | 'unknown';
  /** A clause for the message; empty where no connections were collected. */
  readonly text: string;
  readonly evidence: readonly Proof[];
}

/** libvirtd's ports (TCP, TLS); QEMU's for migrations (qemu.conf, migration_port_min and _max). */
const LIBVIRTD = new Set([16_509, 16_514]);
const QEMU = { from: 49_152, to: 49_215 };
/** Clients' ports begin here (net.ipv4.ip_local_port_range): a service below is no migration. */
const EPHEMERAL = 32_768;
/** A flow is the migration's where it comes and goes with it (ms). */
const EDGE_MS = 10_000;
/** Moments that show the way: of a direct flow, of its absence. */
const MOMENTS = { direct: 2, tunnelled: 3 };

/**
 * A direct migration opens a connection to QEMU's port on the destination, beside libvirtd's own, which is there either way; a
 * tunnelled one has libvirtd's alone. Flows that were there long before, or stay, are another's.
 */
export function migrationFlows(subject: Case): FlowEvidence {
  const { migration, samples } = subject;
  const { startedAt: from, endedAt: to } = migration;
  const flows = samples.filter(({ kind, fields }) => kind === 'flow' && fields.state === 'ESTAB');
  if (from === null || to === null || flows.length === 0) return { path: 'unknown', text: '', evidence: [] };
  const span = { from, to };
  const own = flows.filter((flow) => within(span, flow) && isHigh(flow) && !outlasts(flow, flows, span));
  const direct = own.filter((flow) => isQemu(serverPort(flow, migration)));
  const [first] = direct;
  const cpu = libvirtdCpu(subject, span);
  if (first !== undefined && momentsOf(direct) >= MOMENTS.direct) {
    const text = `a connection to QEMU's port ${serverPort(first, migration)} was open in ${momentsOf(direct)} samples: the memory went directly`;
    return { path: 'direct', text: text + cpu.text, evidence: [...ends(direct, 2), ...cpu.evidence] };
  }
  const control = flows.filter((flow) => isControl(flow, migration) && within(sendingSpan(migration), flow));
  if (own.length === 0 && momentsOf(control) >= MOMENTS.tunnelled) {
    const text = `only libvirtd's own connections were open, in ${momentsOf(control)} samples while memory was sent, and none to a port of QEMU's: it went through the tunnel`;
    return { path: 'tunnelled', text: text + cpu.text, evidence: [...ends(control, 2), ...cpu.evidence] };
  }
  const text =
    own.length > 0
      ? "a connection between high ports was open, but not long enough, or not at a port of QEMU's, to tell the migration's way"
      : `libvirtd's connections were seen in ${momentsOf(control)} samples between two progress lines that show memory being sent, and ${MOMENTS.tunnelled} are needed`;
  return { path: 'unknown', text: text + cpu.text, evidence: [...own.slice(0, 1), ...cpu.evidence] };
}

/** Between the first and the last line that show memory on its way; in setup and after the job, no memory is sent either way. */
function sendingSpan(migration: Migration): Span | null {
  const sending = eventsOf(migration, 'progress').filter(
    (line) => line.at !== null && numberOf(line, 'memory_processed') > 0,
  );
  const [from, to] = [sending[0]?.at, sending.at(-1)?.at];
  return from == null || to == null ? null : { from, to };
}

function within(span: Span | null, { at }: Sample): boolean {
  return span !== null && at >= span.from && at <= span.to;
}

/** On the source only: its clock is that of the lines. */
function isControl(flow: Sample, { sourceHost }: Migration): boolean {
  return flow.host === sourceHost && ports(flow).some((port) => LIBVIRTD.has(port));
}

function ports({ fields }: Sample): number[] {
  return [fields.local_port, fields.peer_port].filter((port) => typeof port === 'number');
}

function isHigh(flow: Sample): boolean {
  return (
    ports(flow).length === 2 &&
    ports(flow).every((port) => port >= EPHEMERAL) &&
    flow.fields.local_address !== flow.fields.peer_address
  );
}

/** On the source the peer's port is QEMU's, on the destination the local one. */
function serverPort(flow: Sample, { destinationHost }: Migration): number {
  return sureFigure(flow, flow.host === destinationHost ? 'local_port' : 'peer_port');
}

function isQemu(port: number): boolean {
  return port >= QEMU.from && port <= QEMU.to;
}

function outlasts(flow: Sample, flows: readonly Sample[], span: Span): boolean {
  return flows.some(
    (other) => sameFlow(flow, other) && (other.at < span.from - EDGE_MS || other.at > span.to + EDGE_MS),
  );
}

function sameFlow({ host, fields: a }: Sample, { host: on, fields: b }: Sample): boolean {
  const same = (key: string) => a[key] === b[key];
  return host === on && same('local_address') && same('local_port') && same('peer_address') && same('peer_port');
}

function momentsOf(flows: readonly Sample[]): number {
  return new Set(flows.map(({ at }) => at)).size;
}

/** libvirtd copies every byte of a tunnelled migration: told beside the flows, never for itself. */
function libvirtdCpu({ samples, migration }: Case, span: Span): { text: string; evidence: Proof[] } {
  const rows = samples.filter(
    ({ kind, host, at }) => kind === 'libvirtd' && host === migration.sourceHost && at >= span.from && at <= span.to,
  );
  const middle = median(rows.map((row) => sureFigure(row, 'cpu_percent')));
  return middle === null
    ? { text: '', evidence: [] }
    : { text: ` (libvirtd used ${Math.round(middle)} % of a CPU)`, evidence: rows.slice(0, 1) };
}
