// What nodes of a made-up fleet publish, for bench/fleet.ts.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EventFact, Message, Statement } from '../src/fleet/message.ts';

export interface Fact {
  readonly node: string;
  readonly instance: string | null;
  readonly message: Message;
}

const BEGIN = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
/** Events of one migration: on the source so many, on the destination two. */
const STEPS = 11;
const PROGRESS = 8;

/** About so many events of migrations, each from one of the hosts to the next, in the order in which they would come. */
export function factsOf(hosts: number, events: number): Fact[] {
  const each = 2 + STEPS + PROGRESS + 3;
  const migrations = Math.ceil(events / each);
  const logs = Array.from({ length: hosts }, (_, index) => new Log(`compute-${index}`));
  const facts: Fact[] = [];
  for (let number = 0; number < migrations; number += 1) {
    const source = logs[number % hosts] as Log;
    const destination = logs[(number + 1) % hosts] as Log;
    const at = BEGIN + Math.floor(number / hosts) * HOUR_MS + (number % hosts) * 50;
    for (const [log, after_s, type, fields] of story(source, destination))
      facts.push(log.say(at + after_s * 1000, uuid(number), `req-${number}`, type, fields));
    facts.push(source.state(at + 300_000));
  }
  return [...facts, ...logs.map((log) => log.state(BEGIN + Math.ceil(migrations / hosts) * HOUR_MS))];
}

/** Writes a log with so many events, of which none is a migration's: reading and storing them is all there is to do. Gives how many. */
export function writeLog(path: string, events: number): number {
  mkdirSync(dirname(path), { recursive: true });
  const lines = Array.from({ length: events }, (_, number) => {
    const stamp = new Date(BEGIN + number * 1000).toISOString().replace('T', ' ').replace('Z', '');
    return `${stamp} 7 INFO nova.compute.manager [req-${number} - - - - -] [instance: ${uuid(number)}] VM Paused (Lifecycle Event)\n`;
  });
  writeFileSync(path, lines.join(''));
  return events;
}

type Said = readonly [log: Log, after_s: number, type: string, fields: EventFact['fields']];

function story(source: Log, destination: Log): Said[] {
  const steps = Array.from({ length: STEPS }, (_, step): Said => {
    return [source, step * 20, 'downtime-step', { downtime_ms: 50 + step * 45, elapsed_s: step * 20 }];
  });
  const progress = Array.from({ length: PROGRESS }, (_, turn): Said => {
    const memory = { memory_processed: turn * 3e9, memory_remaining: 4e9 - turn * 4e8, memory_total: 4e9 };
    const disk = { disk_processed: 0, disk_remaining: 0, disk_total: 0 };
    return [source, 1 + turn * 29, 'progress', { running_s: 1 + turn * 29, ...memory, ...disk }];
  });
  return [
    [source, 0, 'monitor-started', {}],
    ...[...steps, ...progress].sort((a, b) => a[1] - b[1]),
    [destination, 230, 'lifecycle', { state: 'Started' }],
    [source, 231, 'completed', {}],
    [destination, 232, 'lifecycle', { state: 'Resumed' }],
    [source, 233, 'finished', { destination: destination.node }],
    [source, 234, 'monitor-done', {}],
  ];
}

/** One host's log as its node would tell of it. */
class Log {
  readonly node: string;
  #offset = 0;
  #line = 1;
  #revision = 0;
  #firstAt: number | null = null;

  constructor(node: string) {
    this.node = node;
  }

  say(at: number, instance: string, request: string, type: string, fields: EventFact['fields']): Fact {
    const text = `${new Date(at).toISOString()} 7 INFO nova.virt.libvirt.driver [${request} u p - default default] [instance: ${instance}] ${type}`;
    const place = { offset: this.#offset, line: this.#line, at, host: this.node };
    this.#firstAt ??= at - 60_000;
    this.#offset += text.length + 1;
    this.#line += 1;
    const said = { level: 'INFO', logger: 'nova.virt.libvirt.driver', pid: 7, request_id: request, instance, text };
    const fact: EventFact = { ...place, ...said, type, fields };
    return { node: this.node, instance, message: { ...this.#about(), type: 'event', fact } };
  }

  state(last: number): Fact {
    this.#revision += 1;
    const fact: Statement = {
      ...{ revision: this.#revision, head_length: 65_536, head_sha256: this.node, checkpoint: this.#offset },
      ...{
        checkpoint_line: this.#line,
        bytes: this.#offset,
        lines: this.#line,
        first_at: this.#firstAt,
        last_at: last,
      },
      ...{ overlong: 0, generation: null, lost: [], domains: [], open_events: [], open_unmatched: [] },
    };
    return { node: this.node, instance: null, message: { ...this.#about(), type: 'source', fact } };
  }

  #about() {
    const path = '/var/log/nova/nova-compute.log';
    return { v: 1 as const, log: `log of ${this.node}`, reading: 1, kind: 'log' as const, path, host: this.node };
  }
}

function uuid(number: number): string {
  return `${number.toString(16).padStart(8, '0')}-1111-4222-8333-444444444444`;
}
