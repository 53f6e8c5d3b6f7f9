import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { expect, onTestFinished, test } from 'vitest';
import { subjectOf } from '../../src/fleet/subject.ts';
import { until } from '../faults/running-tail.ts';
import { append, eventLines } from '../faults/writer.ts';
import { novatrail, ROOT, rows, scratch } from '../scratch.ts';
import { makeCertificates } from './certificates.ts';
import { isCollected, isPublished, started } from './programs.ts';
import { BROKER, describeWithBroker, freePort, runServer, type Server } from './servers.ts';

const NAMES = ['broker-1', 'edge-1', 'admin', 'collector', 'compute-0', 'compute-9'];

describeWithBroker('the configurations in contrib/nats', () => {
  test.each(['broker.conf', 'edge.conf'])('%s is what nats-server reads', async (name) => {
    const site = await Site.make();
    const { status, stderr } = spawnSync(BROKER, ['-t', '-c', join(site.folder, name)], { encoding: 'utf8' });
    expect(stderr).toContain('configuration file');
    expect(status).toBe(0);
  });

  test('nodes publish their own facts, collectors read them, over TLS, and through the broker of an edge site', async () => {
    const site = await Site.make();
    const { folder } = site;
    await site.startBroker();
    await site.startEdge();
    expect(
      novatrail(folder, ['fleet', 'init', ...site.as('admin'), '--replicas', '1', '--max-gib', '0.1']),
    ).toMatchObject({
      code: 0,
      stderr: '',
    });
    const collector = started(folder, ['collect', '--db', 'fleet.db', ...site.as('collector')]);
    append(join(folder, 'near.log'), eventLines(3));
    append(join(folder, 'far.log'), eventLines(4, 10));
    const near = ['tail', 'near.log', '--db', 'near.db', '--node', 'compute-0', '--host', 'compute-0=near.log'];
    const far = ['tail', 'far.log', '--db', 'far.db', '--node', 'compute-9', '--host', 'compute-9=far.log'];
    const tails = [
      started(folder, [...near, ...site.as('compute-0')]),
      started(folder, [...far, '--region', 'edge-1', ...site.as('compute-9', site.edgePort)]),
    ];
    const stores = { 'compute-0': join(folder, 'near.db'), 'compute-9': join(folder, 'far.db') };
    await until(() => Object.values(stores).every(isPublished), 'everything published');
    await until(() => isCollected(join(folder, 'fleet.db'), stores), 'everything collected');
    for (const each of [...tails, collector]) expect(await each.end()).toBe(0);
    expect(
      rows(
        join(folder, 'fleet.db'),
        'SELECT DISTINCT path, e.host FROM events e JOIN sources s ON s.id = source ORDER BY 1',
      ),
    ).toEqual([
      { path: 'compute-0:near.log', host: 'compute-0' },
      { path: 'compute-9:far.log', host: 'compute-9' },
    ]);
  });

  test('a node may not publish as another, nor read facts; who has no certificate is not let in', async () => {
    const site = await Site.make();
    await site.startBroker();
    const node = new Asking(await site.connection('compute-0'));
    const publishes = (subject: string) => node.refused((connection) => connection.publish(subject));
    expect(await publishes(own('compute-0'))).toEqual([]);
    expect(await publishes(own('compute-1'))).toEqual([expect.stringContaining('Publish')]);
    expect(await publishes('$JS.API.STREAM.DELETE.NOVATRAIL')).toEqual([expect.stringContaining('Publish')]);
    for (const subject of ['novatrail.>', '_INBOX.>', '$JS.ACK.>']) {
      const subscribing = (connection: NatsConnection) => connection.subscribe(subject, { callback: () => {} });
      expect(await node.refused(subscribing)).toEqual([expect.stringContaining('Subscription')]);
    }
    const { code, stderr } = novatrail(site.folder, ['fleet', 'init', '--nats', `tls://localhost:${site.port}`]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/no connection|does not let this client in/);
  });
});

function own(node: string): string {
  return subjectOf({ region: 'default', node }, null, 'event');
}

/** A connection that keeps what the broker refuses. */
class Asking {
  readonly connection: NatsConnection;
  readonly #told: string[] = [];

  constructor(connection: NatsConnection) {
    this.connection = connection;
    void this.#listen();
  }

  /** What is refused of what is done. */
  async refused(act: (connection: NatsConnection) => void): Promise<string[]> {
    this.#told.length = 0;
    act(this.connection);
    // The broker answers in order; what it said is told a turn later.
    await this.connection.flush();
    await new Promise((turn) => setImmediate(turn));
    return [...this.#told];
  }

  async #listen(): Promise<void> {
    for await (const status of this.connection.status())
      if (status.type === 'error') this.#told.push(status.error.message);
  }
}

/** A folder with certificates and the configurations, changed only in places and ports, and the brokers that run by them. */
class Site {
  readonly folder: string;
  port = 0;
  edgePort = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Site> {
    const site = new Site(scratch());
    makeCertificates(site.folder, NAMES);
    const [client, leaf, cluster, edge] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    site.port = client as number;
    site.edgePort = edge as number;
    const placed = (text: string, port: number) =>
      text
        .replaceAll('/etc/nats/', `${site.folder}/`)
        .replaceAll('/var/lib/nats', join(site.folder, 'stream'))
        .replaceAll('0.0.0.0:4222', `127.0.0.1:${port}`)
        .replaceAll('0.0.0.0:7422', `127.0.0.1:${leaf}`)
        .replaceAll('0.0.0.0:6222', `127.0.0.1:${cluster}`)
        .replaceAll('broker-1:7422', `127.0.0.1:${leaf}`);
    for (const [name, port] of [
      ['broker.conf', client],
      ['edge.conf', edge],
    ] as const)
      writeFileSync(
        join(site.folder, name),
        placed(readFileSync(join(ROOT, 'contrib/nats', name), 'utf8'), port as number),
      );
    copyFileSync(join(ROOT, 'contrib/nats/users.conf'), join(site.folder, 'users.conf'));
    return site;
  }

  /** Alone: a broker that waits for two others gives no stream. */
  startBroker(): Promise<Server> {
    const path = join(this.folder, 'alone.conf');
    const text = readFileSync(join(this.folder, 'broker.conf'), 'utf8');
    writeFileSync(path, text.replace(/^cluster \{\n[\s\S]*?^\}\n/m, ''));
    return runServer(path, this.port);
  }

  startEdge(): Promise<Server> {
    return runServer(join(this.folder, 'edge.conf'), this.edgePort);
  }

  /** The flags of whoever has a certificate. */
  as(name: string, port = this.port): string[] {
    return [
      ...['--nats', `tls://localhost:${port}`, '--nats-ca', 'ca.pem'],
      ...['--nats-cert', `${name}.pem`, '--nats-key', `${name}.key`],
    ];
  }

  async connection(name: string): Promise<NatsConnection> {
    const file = (end: string) => join(this.folder, end);
    const connection = await connect({
      servers: `localhost:${this.port}`,
      tls: { caFile: file('ca.pem'), certFile: file(`${name}.pem`), keyFile: file(`${name}.key`) },
      reconnect: false,
    });
    onTestFinished(() => connection.close());
    return connection;
  }
}
