import type { Argv } from 'yargs';

function readingFlags<T>(args: Argv<T>) {
  return args
    .option('campaign', { type: 'string', describe: 'campaign file that declares settings' })
    .option('host', { type: 'string', array: true, nargs: 1, describe: 'NAME=PATH: the host of a log or folder' })
    .option('tz', {
      type: 'string',
      describe: 'time zone of the logs, as America/Toronto (default: from the logs, else UTC)',
    })
    .option('grammar', { type: 'string', describe: 'a grammar of your own, tried first' })
    .option('quiet', { type: 'boolean', describe: 'no progress bar, no summary' })
    .option('color', { type: 'boolean', describe: 'colours at a terminal (--no-color: none)' });
}

/** What is declared of settings. */
export function declaringFlags<T>(args: Argv<T>) {
  return args
    .option('profile', {
      choices: ['stx-2018', 'upstream', 'auto'] as const,
      describe: 'which nova (default: from the logs)',
    })
    .option('set', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'KEY=VALUE,...: nova.conf, as timeout=180,downtime=500',
    });
}

function sampleFlags<T>(args: Argv<T>) {
  return args.option('samples', {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'file, pattern or folder of samples (domjobinfo, query-migrate, top, ss, libvirtd)',
  });
}

function windowFlags<T>(args: Argv<T>) {
  return args
    .option('since', { type: 'string', describe: 'from this time, as 2024-05-01T09:00:00Z' })
    .option('until', { type: 'string', describe: 'up to this time' });
}

/** Where a broker is and how one is let in. */
export function natsFlags<T>(args: Argv<T>) {
  return args
    .option('nats', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'nats://HOST:PORT or tls://HOST:PORT, or several',
    })
    .option('nats-creds', { type: 'string', describe: 'file with the credentials' })
    .option('nats-ca', { type: 'string', describe: "file with the authority that signed the broker's certificate" })
    .option('nats-cert', { type: 'string', describe: 'file with a certificate to show the broker' })
    .option('nats-key', { type: 'string', describe: "file with that certificate's key" })
    .option('region', {
      type: 'string',
      describe: 'a name for this part of the fleet (default: default; collect: all)',
    });
}

const PATHS = { type: 'string', array: true, describe: 'logs or folders; - is stdin' } as const;

const REPORTS = ['text', 'json', 'junit', 'html', 'markdown'] as const;

/** Flags of audit. */
export function auditFlags(args: Argv) {
  return windowFlags(sampleFlags(declaringFlags(readingFlags(args))))
    .positional('paths', { ...PATHS, default: [] })
    .option('db', { type: 'string', describe: 'keep the store in this file' })
    .option('at', { type: 'string', describe: "the report's clock (default: the newest time in the logs)" })
    .option('format', { choices: REPORTS, default: 'text', describe: 'what to print' })
    .option('json', { type: 'string', describe: 'also write the report as JSON to this file' })
    .option('junit', { type: 'string', describe: 'also write it as JUnit XML, for CI' })
    .option('html', { type: 'string', describe: 'also write the report as a page to this file' })
    .option('markdown', { type: 'string', describe: 'also write it as Markdown, as GitHub shows it' })
    .option('anonymise', { type: 'boolean', describe: 'pseudonyms for hosts, instances, tenants, users, addresses' })
    .option('fail-on', {
      choices: ['error', 'warning', 'never'] as const,
      default: 'error',
      describe: 'exit 1 from this severity on',
    })
    .example('$0 audit logs/ --html report.html', 'a folder, with a page to keep')
    .example('zcat nova-compute.log.2.gz | $0 audit --host compute-0=- -', 'from a pipe');
}

/** Flags of explain. */
export function explainFlags(args: Argv) {
  return sampleFlags(declaringFlags(readingFlags(args)))
    .positional('id', { type: 'string', demandOption: true, describe: 'an instance, a migration, or the beginning' })
    .positional('paths', { ...PATHS, default: [] })
    .option('db', { type: 'string', describe: 'the store, where no logs are given (default: novatrail.db)' })
    .option('format', { choices: ['text', 'json'] as const, default: 'text', describe: 'what to print' })
    .example('$0 explain 05c193c9 --db run.db', 'of a store')
    .example('$0 explain 05c193c9 logs/', 'of logs');
}

/** Flags of ingest. */
export function ingestFlags(args: Argv) {
  return sampleFlags(declaringFlags(readingFlags(args)))
    .positional('paths', { ...PATHS, demandOption: true })
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .example('$0 ingest /var/log/nova --db run.db', 'reading twice adds nothing');
}

/** Flags of init. */
export function initFlags(args: Argv) {
  return args
    .positional('folder', {
      type: 'string',
      default: '.',
      describe: 'where the logs lie; campaign.yaml is written into it',
    })
    .option('tz', {
      type: 'string',
      describe: 'time zone of the logs, as America/Toronto (default: from the logs, else UTC)',
    })
    .option('quiet', { type: 'boolean', describe: 'no progress bar, no summary' })
    .example('$0 init logs/', 'then go through logs/campaign.yaml');
}

/** Flags of lint. */
export function lintFlags(args: Argv) {
  return declaringFlags(args)
    .positional('files', {
      ...PATHS,
      demandOption: true,
      describe: 'campaign files, or what openstack ... show -f json printed',
    })
    .option('plan', { type: 'boolean', describe: 'propose combinations of keys that test what is not tested yet' })
    .option('format', { choices: ['text', 'json'] as const, default: 'text', describe: 'what to print' })
    .example('$0 lint campaign.yaml', 'before a campaign is run')
    .example('openstack flavor show small -f json > f.json; $0 lint f.json', 'what a flavor would do');
}

/** Flags of parse. */
export function parseFlags(args: Argv) {
  return windowFlags(readingFlags(args))
    .positional('paths', { ...PATHS, default: [] })
    .option('unmatched', { type: 'boolean', describe: 'print records about migrations that no grammar took' })
    .option('explain', { type: 'boolean', describe: 'show for each line how far each grammar got' })
    .option('all', { type: 'boolean', describe: 'also what nova repeats on every turn' })
    .option('check-grammar', { type: 'string', describe: 'check a grammar file: every rule against its samples' })
    .example('$0 parse nova-compute.log | jq .type', 'the types of all events');
}

/** Flags of query. */
export function queryFlags(args: Argv) {
  return args
    .positional('query', { type: 'string', describe: 'a view, or SQL' })
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .option('format', {
      choices: ['table', 'json', 'csv', 'ndjson'] as const,
      default: 'table',
      describe: 'what to print',
    })
    .example('$0 query tunnel_comparison --db run.db', 'tunnelled against direct throughput');
}

/** Flags of compare. */
export function compareFlags(args: Argv) {
  return declaringFlags(readingFlags(args))
    .positional('what', {
      choices: ['tunnel', 'auto-converge', 'campaigns'] as const,
      demandOption: true,
      describe: 'what sets the groups apart',
    })
    .positional('paths', {
      ...PATHS,
      default: [],
      describe: 'logs or folders; of campaigns two, each a store or a folder',
    })
    .option('db', { type: 'string', describe: 'the store, where no paths are given (default: novatrail.db)' })
    .option('format', { choices: ['table', 'json'] as const, default: 'table', describe: 'what to print' })
    .example('$0 compare tunnel logs/', 'tunnelled against direct throughput')
    .example('$0 compare campaigns before.db after.db', 'one release against another');
}

/** Flags of rebuild. */
export function rebuildFlags(args: Argv) {
  return declaringFlags(readingFlags(args))
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .example('$0 rebuild --db run.db --campaign campaign.yaml', 'judge again by what a campaign declares');
}

/** Flags of rules. */
export function rulesFlags(args: Argv) {
  return args
    .positional('id', { type: 'string', describe: 'a rule' })
    .option('color', { type: 'boolean', describe: 'colours at a terminal (--no-color: none)' })
    .example('$0 rules timeout-missed', 'why, what it needs, what to collect');
}

/** Flags of tail. */
export function tailFlags(args: Argv) {
  return natsFlags(declaringFlags(readingFlags(args)))
    .positional('paths', { ...PATHS, demandOption: true, describe: 'logs, folders, patterns; - is stdin' })
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .option('from', { choices: ['start', 'end'] as const, default: 'start', describe: 'where to begin with new logs' })
    .option('poll', { type: 'number', default: 10, describe: 'seconds after which everything is looked at anyway' })
    .option('metrics', { type: 'string', describe: 'HOST:PORT to serve metrics at, as 127.0.0.1:9477' })
    .option('textfile', { type: 'string', describe: "write metrics to this file for node_exporter's collector" })
    .option('domjobinfo', { type: 'boolean', describe: 'ask virsh for the job while a migration runs from this host' })
    .option('keep-events', { type: 'string', describe: 'remove older events, as 30d (default: keep all)' })
    .option('keep-migrations', { type: 'string', describe: 'remove older results, as 52w (default: keep all)' })
    .option('format', { choices: ['text', 'json'] as const, default: 'text', describe: 'how verdicts are printed' })
    .option('log-format', { choices: ['text', 'json'] as const, default: 'text', describe: "the tool's own log" })
    .option('node', { type: 'string', describe: "this node's name in the fleet (default: its host name)" })
    .option('outbox-limit', {
      type: 'number',
      describe: 'MiB of the store from which on --keep-events removes what is not published yet (default: 1024)',
    })
    .example('$0 tail /var/log/nova --db /var/lib/novatrail/novatrail.db', 'on a compute node, for ever');
}

/** Flags of serve. */
export function serveFlags(args: Argv) {
  return declaringFlags(args)
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .option('campaign', { type: 'string', describe: 'judge by what this campaign file declares' })
    .option('listen', { type: 'string', default: '127.0.0.1:9480', describe: 'HOST:PORT' })
    .option('token', {
      type: 'string',
      describe: 'what a client must know (or NOVATRAIL_TOKEN); needed where others can ask',
    })
    .example('$0 serve --db run.db', 'then open http://127.0.0.1:9480/')
    .example('$0 serve --db run.db --campaign campaign.yaml', 'with the certificate of its tests');
}
