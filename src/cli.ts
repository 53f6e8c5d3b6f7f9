import yargs from 'yargs';
import {
  auditFlags,
  compareFlags,
  explainFlags,
  ingestFlags,
  initFlags,
  lintFlags,
  parseFlags,
  queryFlags,
  rebuildFlags,
  rulesFlags,
  tailFlags,
} from './cli-flags.ts';
import { audit } from './commands/audit.ts';
import { compare } from './commands/compare.ts';
import { explain } from './commands/explain.ts';
import { ingest } from './commands/ingest.ts';
import { init } from './commands/init.ts';
import { lint } from './commands/lint.ts';
import { parse } from './commands/parse.ts';
import { query } from './commands/query.ts';
import { rebuild } from './commands/rebuild.ts';
import { rules } from './commands/rules.ts';
import { UsageError, versionOf } from './commands/shared.ts';
import { tail } from './commands/tail.ts';
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
    .command('init [folder]', 'draft a campaign file from a folder of logs and openstack JSON', initFlags, done(init))
    .command('lint <files..>', 'look at settings before a run', lintFlags, done(lint))
    .command('tail <paths..>', 'follow logs, judge migrations as they go on', tailFlags, done(tail))
    .command('parse [paths..]', 'print recognised events as NDJSON', parseFlags, done(parse))
    .command('compare <what> [paths..]', 'groups of migrations side by side', compareFlags, done(compare))
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

const COMMANDS: readonly string[] = [
  'audit',
  'compare',
  'explain',
  'ingest',
  'init',
  'lint',
  'parse',
  'query',
  'rebuild',
  'rules',
  'tail',
];

function commandIn(argv: readonly string[]): string {
  const command = argv.find((word) => COMMANDS.includes(word));
  return command === undefined ? '' : `${command} `;
}

/** yargs names flags without their dashes, and suggests a command without saying which one is unknown. */
function wrongUse(message: string, argv: readonly string[]): string {
  if (message.startsWith('Did you mean ')) return `unknown command ${argv[0]}. ${message}`;
  const [, names] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (names === undefined) return message;
  const given = names.split(', ').map((name) => argv.find((word) => word.split('=')[0] === `--${name}`) ?? name);
  return `unknown argument ${given.join(', ')}`;
}

/** A flag that takes one value must have it, once. */
function givenOnce(flags: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(flags)) {
    if (value === '' && name !== 'query') throw new UsageError(`--${name} needs a value`);
    if (Array.isArray(value) && !SEVERAL.has(name)) throw new UsageError(`--${name} is given ${value.length} times`);
  }
  return true;
}

const SEVERAL: ReadonlySet<string> = new Set(['_', 'paths', 'files', 'host', 'set', 'samples']);
