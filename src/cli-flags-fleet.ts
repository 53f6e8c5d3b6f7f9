import type { Argv } from 'yargs';
import { declaringFlags, natsFlags } from './cli-flags.ts';

/** Flags of collect. */
export function collectFlags(args: Argv) {
  return natsFlags(declaringFlags(args))
    .demandOption('nats')
    .option('campaign', { type: 'string', describe: 'campaign file that declares settings' })
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .option('partitions', {
      type: 'string',
      describe: 'of the 16, as 0-3,7: instances are shared with other collectors',
    })
    .option('from', {
      type: 'string',
      describe: 'all, a time, or a sequence number of the stream: read from there (again)',
    })
    .option('metrics', { type: 'string', describe: 'HOST:PORT to serve metrics at, as 127.0.0.1:9477' })
    .option('textfile', { type: 'string', describe: "write metrics to this file for node_exporter's collector" })
    .option('keep-events', { type: 'string', describe: 'remove older events, as 30d (default: keep all)' })
    .option('keep-migrations', { type: 'string', describe: 'remove older results, as 52w (default: keep all)' })
    .option('format', { choices: ['text', 'json'] as const, default: 'text', describe: 'how verdicts are printed' })
    .option('log-format', { choices: ['text', 'json'] as const, default: 'text', describe: "the tool's own log" })
    .option('color', { type: 'boolean', describe: 'colours at a terminal (--no-color: none)' })
    .example('$0 collect --nats tls://broker:4222 --db fleet.db', 'what all nodes publish, in one store');
}

/** Flags of fleet. */
export function fleetFlags(args: Argv) {
  return natsFlags(args)
    .demandOption('nats')
    .positional('what', { choices: ['init'] as const, demandOption: true, describe: 'init: make or check the stream' })
    .option('replicas', { type: 'number', default: 3, describe: 'copies of each message, on as many servers' })
    .option('max-age', { type: 'string', default: '30d', describe: 'how long messages are kept' })
    .option('max-gib', { type: 'number', default: 64, describe: 'GiB of messages; a full stream takes nothing more' })
    .option('duplicate-window', { type: 'string', default: '2m', describe: 'in which the broker knows what it has' })
    .option('dry-run', { type: 'boolean', describe: 'only say what would be done' })
    .option('shrink', { type: 'boolean', describe: 'also make limits smaller, which removes messages' })
    .example('$0 fleet init --nats nats://127.0.0.1:4222 --replicas 1', 'a stream on one broker');
}
