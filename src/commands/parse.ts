import { contextOf, HostOffsets } from '../log-context.ts';
import type { LogLine } from '../model.ts';
import { fullMessage, RecordAssembler } from '../parse/assemble.ts';
import { progressOfRules, recognise } from '../parse/recognise.ts';
import type { UserGrammar } from '../parse/user-grammar.ts';
import { type Fact, Pipeline } from '../pipeline.ts';
import { printable, printableJson, printableName } from '../report/index.ts';
import { attempt, blocksOf, statOf } from '../tail/bytes.ts';
import type { LogFile } from '../tail/discover.ts';
import { Input } from '../tail/input.ts';
import { splitLines } from '../tail/split-lines.ts';
import { checkGrammarFile } from './check-grammar.ts';
import { printOut, tell } from './output.ts';
import { campaignAt, logsOf, readOptions, type SharedFlags, windowOf } from './shared.ts';
import { UsageError } from './usage-error.ts';

export interface ParseFlags extends SharedFlags {
  readonly paths: readonly string[];
  readonly unmatched?: boolean | undefined;
  readonly explain?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly checkGrammar?: string | undefined;
}

/** Prints recognised events as NDJSON. Exit 0; 2 where a checked grammar is bad; 3 where an input was not read. */
export async function parse(flags: ParseFlags): Promise<number> {
  if (flags.checkGrammar !== undefined) return checkGrammarFile(flags.checkGrammar);
  if (flags.paths.length === 0) throw new UsageError('give logs or folders to parse, or - for stdin');
  const campaign = campaignAt(flags.campaign);
  const options = await readOptions(flags, campaign, flags.campaign ?? null, flags.all ?? false);
  const window = windowOf(flags);
  const { files, problems } = logsOf(flags.paths);
  const offsets = await HostOffsets.learn(files, options, problems);
  for (const file of files) {
    await attempt(problems, async () => {
      if (flags.explain) await explain(file, flags, options.user);
      else await printFacts(file, options, offsets, (fact) => printed(fact, flags, window));
    });
  }
  tell(problems);
  return problems.length > 0 ? 3 : 0;
}

type Options = Awaited<ReturnType<typeof readOptions>>;

async function printFacts(
  file: LogFile,
  options: Options,
  offsets: HostOffsets,
  line: (fact: Fact) => string | null,
): Promise<void> {
  const { changedAt } = statOf(file.path);
  const print = (facts: readonly Fact[]) => printOut(facts.flatMap((fact) => line(fact) ?? []).join(''));
  const input = await Input.open(file.path);
  const pipeline = new Pipeline(contextOf(file, input.head, options, offsets, changedAt), { offset: 0, line: 1 });
  try {
    for await (const block of input.blocks()) if (!(await print(pipeline.push(block)))) return;
  } finally {
    await print(pipeline.end());
  }
}

function printed(
  fact: Fact,
  { unmatched }: ParseFlags,
  { since, until }: { since: number; until: number },
): string | null {
  const record = fact.kind === 'event' ? fact.event : fact.unmatched;
  if ((fact.kind === 'unmatched') !== Boolean(unmatched)) return null;
  const windowed = since !== Number.NEGATIVE_INFINITY || until !== Number.POSITIVE_INFINITY;
  if (windowed && (record.at === null || record.at < since || record.at > until)) return null;
  const { at, host, level, logger, instance, ref } = record;
  const always = {
    at: at === null ? null : new Date(at).toISOString(),
    host,
    source: ref.path,
    line: ref.line,
    offset: ref.offset,
    level,
    logger,
  };
  if (fact.kind === 'unmatched') {
    return jsonLine({ type: 'unmatched', ...always, instance, message: fact.unmatched.message });
  }
  const { type, pid, requestId, fields } = fact.event;
  const common = { type, ...always, pid, request_id: requestId, instance };
  return jsonLine({ ...common, ...fields, ...common });
}

function jsonLine(value: object): string {
  return `${printableJson(JSON.stringify(value))}\n`;
}

/** For each line how far each grammar got: header, then the message's rules. */
async function explain(file: LogFile, flags: ParseFlags, user: UserGrammar | null): Promise<void> {
  const grammars = { everyTurn: flags.all ?? false, user };
  for await (const line of splitLines(blocksOf(file.path))) {
    if (!(await printOut(`${printable(explainLine(file.path, line, grammars))}\n`))) return;
  }
}

interface Grammars {
  readonly everyTurn: boolean;
  readonly user: UserGrammar | null;
}

function explainLine(path: string, line: LogLine, grammars: Grammars): string {
  const place = printableName(`${path}:${line.line}: ${line.text.slice(0, 200)}`);
  const assembler = new RecordAssembler({ bare: false });
  assembler.take(line);
  const record = assembler.flush();
  if (record === null) return `${place}\n  header: none; it continues the record before it`;
  const { level, logger, requestId, instance } = record;
  const header = `${level ?? '-'} ${logger ?? '-'}, request ${requestId ?? '-'}, instance ${instance ?? '-'}`;
  return `${place}\n  header: ${header}\n${explainMessage(fullMessage(record), grammars)}`;
}

function explainMessage(message: string, { everyTurn, user }: Grammars): string {
  const found = recognise(message, { everyTurn, user });
  if (found !== null) return `  message: ${found.type} ${JSON.stringify(found.fields)}`;
  const nearest = [...(user?.progress(message) ?? []), ...progressOfRules(message)]
    .toSorted((a, b) => b.reached - a.reached)
    .slice(0, 3);
  const rules = nearest.map(
    ({ rule, reached, expected }) => `    ${rule} got to column ${reached + 1}: expected ${expected}`,
  );
  return [`  message: no rule takes "${message.slice(0, 120)}"`, ...rules].join('\n');
}
