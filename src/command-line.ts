import yargs, { type Argv } from 'yargs';
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
  serveFlags,
  tailFlags,
} from './cli-flags.ts';
import { collectFlags, fleetFlags } from './cli-flags-fleet.ts';
import { WELCOME } from './cli-welcome.ts';
import { UsageError } from './commands/usage-error.ts';
import { versionOf } from './root.ts';

/** Runs the command that the words name; gives its exit code, 0 for help. Throws UsageError, and what the command throws. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  if (argv.length === 0) {
    process.stdout.write(WELCOME);
    return 0;
  }
  // Chosen while yargs parses, run after it: for a handler that it must wait for, yargs lays out the whole help beforehand.
  let chosen: Chosen | null = null;
  commandLine(argv, (command) => {
    chosen = command;
  }).parse();
  return chosen === null ? 0 : await run(chosen);
}

interface Chosen {
  readonly command: Command;
  readonly flags: unknown;
}

async function run({ command, flags }: Chosen): Promise<number> {
  const action = await command.load();
  return action(flags as never);
}

/** `words`: what stands behind its name. `load`: a command's code is loaded when it is run, not before. */
interface Command {
  readonly words: string;
  readonly about: string;
  readonly flags: (args: Argv) => unknown;
  readonly load: () => Promise<(flags: never) => Promise<number>>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  audit: {
    words: '[paths..]',
    about: 'judge every migration in logs and print the report',
    flags: auditFlags,
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  explain: {
    words: '<id> [paths..]',
    about: 'what happened to one migration, why, and what if',
    flags: explainFlags,
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  ingest: {
    words: '<paths..>',
    about: 'read logs into a store, nothing else',
    flags: ingestFlags,
    load: async () => (await import('./commands/ingest.ts')).ingest,
  },
  init: {
    words: '[folder]',
    about: 'draft a campaign file from a folder of logs and openstack JSON',
    flags: initFlags,
    load: async () => (await import('./commands/init.ts')).init,
  },
  lint: {
    words: '<files..>',
    about: 'look at settings before a run',
    flags: lintFlags,
    load: async () => (await import('./commands/lint.ts')).lint,
  },
  tail: {
    words: '<paths..>',
    about: 'follow logs, judge migrations as they go on',
    flags: tailFlags,
    load: async () => (await import('./commands/tail.ts')).tail,
  },
  collect: {
    words: '',
    about: 'the central side of a fleet: store and judge what tails publish',
    flags: collectFlags,
    load: async () => (await import('./commands/collect.ts')).collect,
  },
  fleet: {
    words: '<what>',
    about: 'make or check the stream of a fleet',
    flags: fleetFlags,
    load: async () => (await import('./commands/fleet.ts')).fleet,
  },
  serve: {
    words: '',
    about: 'show a store in the browser, while it grows',
    flags: serveFlags,
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  parse: {
    words: '[paths..]',
    about: 'print recognised events as NDJSON',
    flags: parseFlags,
    load: async () => (await import('./commands/parse.ts')).parse,
  },
  compare: {
    words: '<what> [paths..]',
    about: 'groups of migrations side by side',
    flags: compareFlags,
    load: async () => (await import('./commands/compare.ts')).compare,
  },
  query: {
    words: '[query]',
    about: 'read-only SQL on a store, or a named query',
    flags: queryFlags,
    load: async () => (await import('./commands/query.ts')).query,
  },
  rebuild: {
    words: '',
    about: 'derive migrations and verdicts of a store again',
    flags: rebuildFlags,
    load: async () => (await import('./commands/rebuild.ts')).rebuild,
  },
  rules: {
    words: '[id]',
    about: 'the rules, or what one of them checks and needs',
    flags: rulesFlags,
    load: async () => (await import('./commands/rules.ts')).rules,
  },
};

function commandLine(argv: readonly string[], choose: (chosen: Chosen) => void): Argv {
  const line = yargs(guarded(argv))
    .scriptName('novatrail')
    .locale('en')
    .usage('$0 <command>\n\nReads nova-compute logs, puts every live migration together and judges it.');
  for (const [name, command] of Object.entries(COMMANDS)) {
    line.command(
      `${name} ${command.words}`.trimEnd(),
      command.about,
      (args) => command.flags(args) as Argv,
      (flags) => choose({ command, flags }),
    );
  }
  return line
    .completion('completion', 'print what makes bash, zsh or fish complete commands and flags')
    .example('$0 audit /var/log/nova', 'judge what is in a folder of logs')
    .example('$0 audit --profile stx-2018 --set timeout=150 logs/', 'with settings declared')
    .example('$0 explain 05c193c9 logs/', 'one migration: what happened, and why')
    .example('$0 tail /var/log/nova', 'follow logs, and judge as they grow')
    .example('source <($0 completion)', 'complete in this shell; into ~/.bashrc for every one')
    .epilogue('Flags and examples of a command: novatrail audit --help')
    .demandCommand(1, 1, 'give a command')
    .check(givenOnce)
    .middleware(unguard)
    .strict()
    .recommendCommands()
    .version(versionOf())
    .help()
    .wrap(Math.min(80, process.stdout.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      const words = argv.filter((word) => word !== '--');
      throw (
        error ??
        new UsageError(
          `${wrongUse(message.replaceAll(/\0|\\u0000/g, ''), words)}\n  See: novatrail ${commandIn(argv)}--help`,
        )
      );
    });
}

/** Stands before a word that yargs is to take as it is. */
const GUARD = '\0';

/** Words behind `--` are none of flags, and `-` is a word: yargs would drop them from a list of paths. */
function guarded(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const [before, behind] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  return [...before.map((word) => (word === '-' ? GUARD + word : word)), ...behind.map((word) => GUARD + word)];
}

function unguard(flags: Record<string, unknown>): void {
  const bare = (value: unknown) => (typeof value === 'string' && value.startsWith(GUARD) ? value.slice(1) : value);
  for (const [name, value] of Object.entries(flags)) flags[name] = Array.isArray(value) ? value.map(bare) : bare(value);
}

/** What a command cannot do without. */
const NEEDED: Readonly<Record<string, string>> = {
  explain: 'the id of a migration or an instance',
  ingest: 'logs or folders; - is stdin',
  lint: 'campaign files, or what clients print as JSON',
  tail: 'logs or folders to follow',
  compare: 'what to compare',
  fleet: 'what to do: init',
};

function commandIn(argv: readonly string[]): string {
  const command = argv.find((word) => Object.hasOwn(COMMANDS, word));
  return command === undefined ? '' : `${command} `;
}

/** What yargs finds wrong, in our words: it names flags without their dashes, and takes a command for an argument. */
function wrongUse(message: string, argv: readonly string[]): string {
  if (message.startsWith('Did you mean ')) return `unknown command ${argv[0]}. ${message}`;
  const command = commandIn(argv);
  if (message.startsWith('Not enough non-option arguments'))
    return `${command}needs ${NEEDED[command.trim()] ?? 'more words'}`;
  if (command === '' && argv[0] !== undefined && !argv[0].startsWith('-'))
    return `unknown command ${argv[0]}; there is ${Object.keys(COMMANDS).sort().join(', ')}`;
  const [, flag, given, choices] = /Argument: (.*), Given: (.*), Choices: (.*)/.exec(message) ?? [];
  if (flag !== undefined) return `${flag === 'what' ? '' : '--'}${flag} ${given}: write one of ${choices}`;
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

const SEVERAL: ReadonlySet<string> = new Set(['_', 'paths', 'files', 'host', 'set', 'samples', 'nats']);
