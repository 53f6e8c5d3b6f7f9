import type { Tail } from '../follow/tail.ts';

/** What feeds a stream from stdin. */
export interface Feed {
  /** Goes on where the store could not be written before. */
  readonly retry: () => void;
  readonly close: () => void;
}

/** Follows stdin where it is one of the inputs (null: it is not); `over` is called when it ends. */
export function followStdin(tail: Tail, over: () => void): Feed | null {
  const { stream } = tail;
  if (stream === null) return null;
  const { stdin } = process;
  stdin.on('data', (bytes: Buffer) => {
    if (!stream.push(bytes)) stdin.pause();
  });
  stdin.on('end', () => {
    stream.end();
    over();
  });
  return {
    retry: () => {
      if (stream.retry() && stdin.isPaused()) stdin.resume();
    },
    close: () => stdin.destroy(),
  };
}
