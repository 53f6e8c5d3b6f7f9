import { contextOf, HostOffsets, headOf } from '../log-context.ts';
import { fullMessage, RecordAssembler } from '../parse/assemble.ts';
import { progressOfRules, recognise } from '../parse/recognise.ts';
import { type Fact, Pipeline } from '../pipeline.ts';
import { blocksOf, InputError, statOf } from '../tail/bytes.ts';
import { discoverLogs, type LogFile } from '../tail/discover.ts';
import { LineReader } from '../tail/lines.ts';
import { checkGrammarFile } from './check-grammar.ts';
import { campaignAt, readOptions, type SharedFlags, UsageError, windowOf } from './shared.ts';
import { tell } from './terminal.ts';

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
  const offsets = new HostOffsets();
  const problems: InputError[] = [];
  for (const file of discoverLogs(flags.paths)) {
    try {
      const host = options.hostOf(file.path) ?? file.host;
      if (options.zoneOf(host) === null) await offsets.learnFrom(file.path, host ?? file.path);
      if (flags.explain) await explain(file, flags);
      else await printFacts(file, options, offsets, (fact) => printed(fact, flags, window));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
    }
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
  const { changedAt, size } = statOf(file.path);
  const print = (facts: readonly Fact[]) => {
    const text = facts.flatMap((fact) => line(fact) ?? []).join('');
    if (text !== '') process.stdout.write(text);
  };
  const { head, blocks } =
    size === null ? await streamed(file.path) : { head: await headOf(file.path), blocks: blocksOf(file.path) };
  const pipeline = new Pipeline(contextOf(file, head, options, offsets, changedAt), { offset: 0, line: 1 });
  try {
    for await (const block of blocks) print(pipeline.push(block));
  } finally {
    print(pipeline.end());
  }
}

/** What can be read only once: the first block, or 64 KiB of short ones, is the head. */
async function streamed(path: string): Promise<{ head: Buffer; blocks: AsyncIterable<Buffer> }> {
  const source = blocksOf(path);
  const parts: Buffer[] = [];
  let length = 0;
  while (length < 65_536) {
    const { value, done } = await source.next();
    if (done) break;
    parts.push(Buffer.from(value));
    length += value.length;
  }
  const head = Buffer.concat(parts);
  async function* blocks() {
    yield head;
    yield* source;
  }
  return { head, blocks: blocks() };
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
    return `${JSON.stringify({ type: 'unmatched', ...always, instance, message: fact.unmatched.message })}\n`;
  }
  const { type, pid, requestId, fields } = fact.event;
  const common = { type, ...always, pid, request_id: requestId, instance };
  return `${JSON.stringify({ ...common, ...fields, ...common })}\n`;
}

/** For each line how far each grammar got: header, then the message's rules. */
async function explain(file: LogFile, flags: ParseFlags): Promise<void> {
  const reader = new LineReader([], () => true, { offset: 0, line: 1 });
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const show = (lines: Iterable<{ text: string; line: number; offset: number; end: number; terminated: boolean }>) => {
    for (const line of lines) {
      out(`${file.path}:${line.line}: ${line.text.slice(0, 200)}`);
      const assembler = new RecordAssembler({ bare: false });
      assembler.take(line);
      const record = assembler.flush();
      if (record === null) {
        out('  header: none; it continues the record before it');
        continue;
      }
      out(
        `  header: ${record.level ?? '-'} ${record.logger ?? '-'}, request ${record.requestId ?? '-'}, instance ${record.instance ?? '-'}`,
      );
      out(explainMessage(fullMessage(record), flags.all ?? false));
    }
  };
  for await (const block of blocksOf(file.path)) show(reader.push(block));
  show(reader.end());
}

function explainMessage(message: string, everyTurn: boolean): string {
  const found = recognise(message, { everyTurn });
  if (found !== null) return `  message: ${found.type} ${JSON.stringify(found.fields)}`;
  const nearest = progressOfRules(message).slice(0, 3);
  const rules = nearest.map(
    ({ rule, reached, expected }) => `    ${rule} got to column ${reached + 1}: expected ${expected}`,
  );
  return [`  message: no rule takes "${message.slice(0, 120)}"`, ...rules].join('\n');
}
