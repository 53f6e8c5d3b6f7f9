import { type DestinationStream, type Logger, pino } from 'pino';
import { printable } from '../report/index.ts';

/** The same words come at most once in this time (ms). */
const EVERY_MS = 60_000;
/** Different words that are remembered; more at once are a flood of its own. */
const MOST_KINDS = 500;

/** The tool's own log: what it does and what goes wrong, on stderr. */
export interface OwnLog {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

/**
 * Lines of JSON, or of text for people. Warnings and errors that come again and again are written once a minute, with how
 * often they came.
 */
export function ownLog(format: 'text' | 'json', out: DestinationStream, now: () => number): OwnLog {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, format === 'json' ? out : asText(out));
  const limited = limiter(now);
  return {
    info: (message) => logger.info(message),
    warn: (message) => limited(message, (fields) => write(logger, 'warn', fields, message)),
    error: (message) => limited(message, (fields) => write(logger, 'error', fields, message)),
  };
}

function write(logger: Logger, level: 'warn' | 'error', repeated: number, message: string): void {
  if (repeated > 0) logger[level]({ repeated }, message);
  else logger[level](message);
}

function limiter(now: () => number) {
  const kinds = new Map<string, { writtenAt: number; withheld: number }>();
  return (message: string, out: (repeated: number) => void): void => {
    const known = kinds.get(message);
    if (known !== undefined && now() - known.writtenAt < EVERY_MS) {
      known.withheld += 1;
      return;
    }
    if (kinds.size >= MOST_KINDS) kinds.clear();
    kinds.set(message, { writtenAt: now(), withheld: 0 });
    out(known?.withheld ?? 0);
  };
}

const WORDS: Readonly<Record<number, string>> = { 40: 'warning: ', 50: 'error: ' };

function asText(out: DestinationStream): DestinationStream {
  return {
    write(json) {
      const { level, msg, repeated } = JSON.parse(json) as { level: number; msg: string; repeated?: number };
      const again = repeated === undefined ? '' : ` (${repeated} more times in between)`;
      out.write(`novatrail: ${WORDS[level] ?? ''}${printable(msg)}${again}\n`);
    },
  };
}
