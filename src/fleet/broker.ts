import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { InputError } from '../tail/bytes.ts';

/** Where a broker is, and how one is let in. Files hold the secrets, so that no command line does. */
export interface BrokerAddress {
  readonly servers: readonly string[];
  readonly creds: string | null;
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/** What a connection tells of itself. */
export interface BrokerEvents {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** Between attempts to connect (ms). */
const RETRY_MS = 2000;
const CONNECT_TIMEOUT_MS = 5000;

/** Who connects: the name that the broker's monitoring shows, and where answers come, which rights may bind to one client. */
export interface Client {
  readonly name: string;
  readonly inbox?: string;
}

/** One connection. Throws InputError where there is none to be had. */
export async function connectTo(address: BrokerAddress, client: Client): Promise<NatsConnection> {
  try {
    return await connect(optionsFor(address, client));
  } catch (error) {
    throw new InputError(`${address.servers.join(', ')}: ${whyNot(error as Error)}`, { cause: error });
  }
}

/** A connection for as long as the program runs: it is made again whenever it is lost. */
export class Broker {
  readonly #address: BrokerAddress;
  readonly #client: Client;
  readonly #events: BrokerEvents;
  readonly #pause: (ms: number) => Promise<void>;
  #connection: NatsConnection | null = null;
  #connected = false;
  #changed: () => void = () => {};

  constructor(address: BrokerAddress, client: Client, events: BrokerEvents, pause: (ms: number) => Promise<void>) {
    this.#address = address;
    this.#client = client;
    this.#events = events;
    this.#pause = pause;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** The connection, which may be down just now; null before the first. */
  get connection(): NatsConnection | null {
    return this.#connection;
  }

  /** Called whenever the connection is there again. */
  onConnected(changed: () => void): void {
    this.#changed = changed;
  }

  /** Connects, and goes on connecting until it is stopped. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.#hold(await connectTo(this.#address, this.#client), stop);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        this.#events.warn(`${error.message}; it is tried again and again`);
      }
      if (!stop.aborted) await this.#pause(RETRY_MS);
    }
  }

  /** Sends what waits to be sent, if there is a connection, and closes it. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (this.#connected) await connection?.drain();
    else await connection?.close();
    this.#connected = false;
  }

  /** Until the connection is closed for good. */
  async #hold(connection: NatsConnection, stop: AbortSignal): Promise<void> {
    if (stop.aborted) return connection.close();
    this.#connection = connection;
    this.#up(connection, 'connected to');
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#down(status.server);
      else if (status.type === 'reconnect') this.#up(connection, 'connected again to');
      else if (status.type === 'error') this.#events.warn(`the broker says: ${status.error.message}`);
    }
    this.#connected = false;
  }

  #up(connection: NatsConnection, how: string): void {
    this.#connected = true;
    this.#events.info(`${how} ${connection.getServer()}`);
    if (!isPrivate(connection))
      this.#events.warn(`${connection.getServer()}: the connection is not encrypted; let the broker ask for TLS`);
    this.#changed();
  }

  #down(server: string): void {
    this.#connected = false;
    this.#events.warn(`${server}: the connection is lost; it is made again`);
  }
}

function optionsFor({ servers, creds, ca, cert, key }: BrokerAddress, { name, inbox }: Client): ConnectionOptions {
  const tls = {
    ...(ca === null ? {} : { ca: read(ca) }),
    ...(cert === null ? {} : { cert: read(cert) }),
    ...(key === null ? {} : { key: read(key) }),
  };
  const wanted = Object.keys(tls).length > 0 || servers.some((server) => server.startsWith('tls://'));
  return {
    servers: servers.map((server) => server.replace(/^(?:nats|tls):\/\//, '')),
    name,
    ...(inbox === undefined ? {} : { inboxPrefix: inbox }),
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    // Rights may be mended while the program runs.
    ignoreAuthErrorAbort: true,
    ...(wanted ? { tls } : {}),
    ...(creds === null ? {} : { authenticator: credsAuthenticator(readFileSync(creds)) }),
  };
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Encrypted, or on this machine. */
function isPrivate(connection: NatsConnection): boolean {
  const host = connection
    .getServer()
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
  const local = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  return local || connection.info?.tls_required === true || connection.info?.tls_available === true;
}

function whyNot(error: Error): string {
  if (error.name === 'AuthorizationError')
    return 'the broker does not let this client in; check --nats-creds or --nats-cert';
  if (/ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|refused|timeout/i.test(error.message))
    return `no broker answers (${error.message})`;
  if (/altnames/.test(error.message))
    return `the broker's certificate is for another name (${error.message}); write tls://NAME:PORT with a name that is in it`;
  return `no connection (${error.message})`;
}
