import yargs, { type Argv } from 'yargs';
import { audit } from './commands/audit.ts';
import { explain } from './commands/explain.ts';
import { ingest } from './commands/ingest.ts';
import { parse } from './commands/parse.ts';
import { query } from './commands/query.ts';
import { rebuild } from './commands/rebuild.ts';
import { rules } from './commands/rules.ts';
import { UsageError, versionOf } from './commands/shared.ts';
import { outliveReaders, tell } from './commands/terminal.ts';
import { CampaignError } from './settings/campaign.ts';
import { StoreError } from './store/open.ts';
import { InputError } from './tail/bytes.ts';

/** Runs one command and sets the exit code: 0, 1 a verdict failed, 2 wrong use, 3 an input not read or the store not written. */
export async function main(argv: readonly string[]): Promise<void> {
  outliveReaders();
  try {
    await commandLine(argv).parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    tell([error as Error]);
  }
}

/** Throws what is no mistake of the user's: that is ours, and its stack trace helps to mend it. */
function exitCodeOf(error: unknown): number {
  if (error instanceof InputError || error instanceof StoreError) return 3;
  if (error instanceof UsageError || error instanceof CampaignError) return 2;
  if (error instanceof Error && (error.name === 'GrammarError' || error.name === 'YError')) return 2;
  throw error;
}

/** Stands for `-` while yargs parses, which would drop it from a list of paths. */
const STDIN = '\0stdin';

function restoreStdin(flags: Record<string, unknown>): void {
  const restored = (value: unknown) => (value === STDIN ? '-' : value);
  for (const [name, value] of Object.entries(flags))
    flags[name] = Array.isArray(value) ? value.map(restored) : restored(value);
}

type Run<Flags> = (flags: Flags) => Promise<number>;

function commandLine(argv: readonly string[]) {
  const done =
    <Flags>(run: Run<Flags>) =>
    async (flags: unknown) => {
      process.exitCode = await run(flags as Flags);
    };
  return yargs(argv.map((word) => (word === '-' ? STDIN : word)))
    .scriptName('novatrail')
    .usage('$0 <command>\n\nReads nova-compute logs, puts every live migration together and judges it.')
    .command(['audit [paths..]'], 'judge every migration in logs and print the report', auditFlags, done(audit))
    .command('explain <id> [paths..]', 'what happened to one migration, why, and what if', explainFlags, done(explain))
    .command('ingest <paths..>', 'read logs into a store, nothing else', ingestFlags, done(ingest))
    .command('parse [paths..]', 'print recognised events as NDJSON', parseFlags, done(parse))
    .command('query [query]', 'read-only SQL on a store, or a named query', queryFlags, done(query))
    .command('rebuild', 'derive migrations and verdicts of a store again', rebuildFlags, done(rebuild))
    .command('rules [id]', 'the rules, or what one of them checks and needs', rulesFlags, done(rules))
    .example('$0 audit /var/log/nova', 'judge what is in a folder of logs')
    .example('$0 audit --profile stx-2018 --set timeout=150 c0.nova-compute.log', 'with settings declared')
    .demandCommand(1, 1, 'give a command')
    .check(givenOnce)
    .middleware(restoreStdin)
    .strict()
    .recommendCommands()
    .version(versionOf())
    .help()
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(`${wrongUse(message, argv)}\n  See: novatrail ${commandIn(argv)}--help`);
    });
}

const COMMANDS: readonly string[] = ['audit', 'explain', 'ingest', 'parse', 'query', 'rebuild', 'rules'];

const NEEDED: Readonly<Record<string, string>> = {
  explain: 'the id of a migration or an instance',
  ingest: 'logs or folders; - is stdin',
};

function commandIn(argv: readonly string[]): string {
  const command = argv.find((word) => COMMANDS.includes(word));
  return command === undefined ? '' : `${command} `;
}

/** What yargs finds wrong, in our words: it names flags without their dashes, and takes a command for an argument. */
function wrongUse(message: string, argv: readonly string[]): string {
  if (message.startsWith('Did you mean ')) return `unknown command ${argv[0]}. ${message}`;
  const command = commandIn(argv);
  if (message.startsWith('Not enough non-option arguments')) return `${command}needs ${NEEDED[command.trim()]}`;
  if (command === '' && argv[0] !== undefined && !argv[0].startsWith('-'))
    return `unknown command ${argv[0]}; there is ${COMMANDS.join(', ')}`;
  const [, flag, given, choices] = /Argument: (.*), Given: (.*), Choices: (.*)/.exec(message) ?? [];
  if (flag !== undefined) return `--${flag} ${given}: write one of ${choices}`;
  const [, names] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (names === undefined) return message;
  const written = names.split(', ').map((name) => argv.find((word) => word.split('=')[0] === `--${name}`) ?? name);
  return `unknown argument ${written.join(', ')}`;
}

/** A flag that takes one value must have it, once. */
function givenOnce(flags: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(flags)) {
    const empty = value === '' || (Array.isArray(value) && value.includes(''));
    if (empty && name !== 'query') throw new UsageError(`--${name} needs a value`);
    if (Array.isArray(value) && !SEVERAL.has(name)) throw new UsageError(`--${name} is given ${value.length} times`);
  }
  return true;
}

const SEVERAL: ReadonlySet<string> = new Set(['_', 'paths', 'host', 'set', 'samples']);

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

function declaringFlags<T>(args: Argv<T>) {
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

const PATHS = { type: 'string', array: true, describe: 'logs or folders; - is stdin' } as const;

const REPORTS = ['text', 'json', 'junit', 'html', 'markdown'] as const;

function auditFlags(args: Argv) {
  return windowFlags(sampleFlags(declaringFlags(readingFlags(args))))
    .positional('paths', { ...PATHS, default: [] })
    .option('db', { type: 'string', describe: 'keep the store in this file' })
    .option('at', { type: 'string', describe: "the report's clock (default: the newest time in the logs)" })
    .option('format', { choices: REPORTS, default: 'text', describe: 'what to print' })
    .option('json', { type: 'string', describe: 'also write the report as JSON to this file' })
    .option('junit', { type: 'string', describe: 'also write it as JUnit XML, for CI' })
    .option('html', { type: 'string', describe: 'also write the report as a page to this file' })
    .option('markdown', { type: 'string', describe: 'also write it as Markdown, as GitHub shows it' })
    .option('fail-on', {
      choices: ['error', 'warning', 'never'] as const,
      default: 'error',
      describe: 'exit 1 from this severity on',
    })
    .example('$0 audit logs/ --html report.html', 'a folder, with a page to keep')
    .example('zcat nova-compute.log.2.gz | $0 audit --host compute-0=- -', 'from a pipe');
}

function explainFlags(args: Argv) {
  return sampleFlags(declaringFlags(readingFlags(args)))
    .positional('id', { type: 'string', demandOption: true, describe: 'an instance, a migration, or the beginning' })
    .positional('paths', { ...PATHS, default: [] })
    .option('db', { type: 'string', describe: 'the store, where no logs are given (default: novatrail.db)' })
    .option('format', { choices: ['text', 'json'] as const, default: 'text', describe: 'what to print' })
    .example('$0 explain 05c193c9 --db run.db', 'of a store')
    .example('$0 explain 05c193c9 logs/', 'of logs');
}

function ingestFlags(args: Argv) {
  return sampleFlags(declaringFlags(readingFlags(args)))
    .positional('paths', { ...PATHS, demandOption: true })
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .example('$0 ingest /var/log/nova --db run.db', 'reading twice adds nothing');
}

function parseFlags(args: Argv) {
  return windowFlags(readingFlags(args))
    .positional('paths', { ...PATHS, default: [] })
    .option('unmatched', { type: 'boolean', describe: 'print records about migrations that no grammar took' })
    .option('explain', { type: 'boolean', describe: 'show for each line how far each grammar got' })
    .option('all', { type: 'boolean', describe: 'also what nova repeats on every turn' })
    .option('check-grammar', { type: 'string', describe: 'check a grammar file: every rule against its samples' })
    .example('$0 parse nova-compute.log | jq .type', 'the types of all events');
}

function queryFlags(args: Argv) {
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

function rebuildFlags(args: Argv) {
  return declaringFlags(readingFlags(args))
    .option('db', { type: 'string', default: 'novatrail.db', describe: 'the store' })
    .example('$0 rebuild --db run.db --campaign campaign.yaml', 'judge again by what a campaign declares');
}

function rulesFlags(args: Argv) {
  return args
    .positional('id', { type: 'string', describe: 'a rule' })
    .option('color', { type: 'boolean', describe: 'colours at a terminal (--no-color: none)' })
    .example('$0 rules timeout-missed', 'why, what it needs, what to collect');
}
