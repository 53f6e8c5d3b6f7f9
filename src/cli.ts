import { outliveReaders, tell } from './commands/output.ts';
import { versionOf } from './root.ts';

/** Runs one command and sets the exit code: 0, 1 a verdict failed, 2 wrong use, 3 an input not read or the store not written. */
export async function main(argv: readonly string[]): Promise<void> {
  outliveReaders();
  // Asked often by scripts: nothing else need be loaded for it.
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`${versionOf()}\n`);
    return;
  }
  try {
    const { runCommand } = await import('./command-line.ts');
    process.exitCode = await runCommand(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    tell([error as Error]);
  }
}

const EXIT_CODES: Readonly<Record<string, number>> = {
  InputError: 3,
  StoreError: 3,
  UsageError: 2,
  CampaignError: 2,
  GrammarError: 2,
  YError: 2,
};

/** Throws what is no mistake of the user's: that is ours, and its stack trace helps to mend it. */
function exitCodeOf(error: unknown): number {
  const code = error instanceof Error ? EXIT_CODES[error.name] : undefined;
  if (code === undefined) throw error;
  return code;
}
