import { printable } from '../report/printable.ts';

/** Tells of inputs that could not be read, and of other errors. */
export function tell(problems: readonly Error[]): void {
  for (const { message } of problems) process.stderr.write(`novatrail: ${printable(message)}\n`);
}

let readerGone = false;

/**
 * Lets a command end as it would, exit code and reports in files included, when the reader of its output goes
 * (`| head`).
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      if (stream === process.stdout) readerGone = true;
    });
  }
}

/** Prints to stdout and waits until it is taken. False where nobody reads any more: then no more need be made. */
export async function printOut(text: string): Promise<boolean> {
  if (!readerGone && text !== '') await new Promise((taken) => process.stdout.write(text, taken));
  return !readerGone;
}

/** Prints to stdout, part by part. */
export async function printParts(parts: Iterable<string>): Promise<void> {
  for (const text of parts) if (!(await printOut(text))) return;
}
