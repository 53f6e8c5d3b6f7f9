import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A wire to a port that the test can cut and mend. */
export interface Wire {
  readonly url: string;
  cut(): void;
  mend(): void;
}

/** Lays a wire: whoever connects to it talks to the port behind it. */
export async function wireTo(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server: Server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = createConnection(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', () => listens()));
  const cut = () => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const { port: near } = server.address() as { port: number };
  return {
    url: `nats://127.0.0.1:${near}`,
    cut,
    mend: () => {
      whole = true;
    },
  };
}
