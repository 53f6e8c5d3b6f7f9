import { Counter, Gauge, type Registry } from 'prom-client';
import { PREFIX } from './makers.ts';

/** What waits in a node's store, looked up when the metrics are asked for. Times in ms. */
export interface OutboxGauges {
  readonly pending: number;
  readonly oldestAt: number | null;
}

/** The metrics of a node that publishes; gives what counts messages by how they fared. */
export function publishMetrics(registry: Registry, look: () => OutboxGauges): (result: string, count: number) => void {
  lookedUp(registry, 'outbox_pending_events', 'Records that wait to be published', () => look().pending);
  lookedUp(
    registry,
    'outbox_oldest_timestamp_seconds',
    'Time of the oldest record that waits to be published; 0 where none does',
    () => (look().oldestAt ?? 0) / 1000,
  );
  return counted(registry, 'publish_total', 'Messages to the stream, by how they fared');
}

/** The metrics of a collector; gives what counts messages by how they fared. */
export function collectMetrics(registry: Registry, pending: () => number): (result: string, count: number) => void {
  lookedUp(registry, 'collect_pending_messages', 'Messages that wait in the stream for this store', pending);
  return counted(registry, 'collect_total', 'Messages from the stream, by what they brought');
}

function lookedUp(registry: Registry, name: string, help: string, value: () => number): void {
  const gauge: Gauge = new Gauge({
    name: PREFIX + name,
    help,
    registers: [registry],
    collect: () => gauge.set(value()),
  });
}

function counted(registry: Registry, name: string, help: string): (result: string, count: number) => void {
  const counter = new Counter({ name: PREFIX + name, help, labelNames: ['result'], registers: [registry] });
  return (result, count) => {
    if (count > 0) counter.inc({ result }, count);
  };
}
