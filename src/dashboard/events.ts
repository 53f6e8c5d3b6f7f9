import type { Board } from './board.ts';

/** More who wait for changes than these are turned away. */
const MOST = 64;
/** Messages that nobody took; who does not read is let go. */
const UNREAD = 100;

/** Those who are told, by server-sent events, when the store has changed. */
export class EventClients {
  readonly #board: Board;
  readonly #open = new Set<ReadableStreamDefaultController<Uint8Array>>();

  constructor(board: Board) {
    this.#board = board;
    board.listen(({ number }) => this.#send(messageOf(number)));
  }

  get count(): number {
    return this.#open.size;
  }

  get isFull(): boolean {
    return this.#open.size >= MOST;
  }

  /** A stream of messages: one at once, for something may have changed since the page was made, then one a change. */
  async stream(): Promise<ReadableStream<Uint8Array>> {
    const { number } = await this.#board.snapshot();
    let own: ReadableStreamDefaultController<Uint8Array>;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#open.add(controller);
        controller.enqueue(messageOf(number));
      },
      cancel: () => {
        this.#open.delete(own);
      },
    });
  }

  /** Has proxies and both ends see that it still goes on. */
  ping(): void {
    this.#send(bytesOf(': still here\n\n'));
  }

  close(): void {
    for (const controller of this.#open) controller.close();
    this.#open.clear();
  }

  #send(message: Uint8Array): void {
    for (const controller of this.#open) {
      if ((controller.desiredSize ?? 0) > -UNREAD) controller.enqueue(message);
      else {
        this.#open.delete(controller);
        controller.close();
      }
    }
  }
}

function messageOf(snapshot: number): Uint8Array {
  return bytesOf(`data: ${JSON.stringify({ snapshot })}\n\n`);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
