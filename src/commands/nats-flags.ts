import { accessSync, constants } from 'node:fs';
import { UsageError } from './usage-error.ts';

export interface NatsFlags {
  readonly nats?: readonly string[] | undefined;
  readonly natsCreds?: string | undefined;
  readonly natsCa?: string | undefined;
  readonly natsCert?: string | undefined;
  readonly natsKey?: string | undefined;
}

/** Where the broker is and how one is let in, as the flags say. Throws UsageError. */
export function brokerOf(flags: NatsFlags) {
  const servers = (flags.nats ?? []).flatMap((each) => each.split(','));
  for (const server of servers) checkServer(server);
  if ((flags.natsCert === undefined) !== (flags.natsKey === undefined))
    throw new UsageError('--nats-cert and --nats-key belong together: give both or none');
  return {
    servers,
    creds: readable(flags.natsCreds, '--nats-creds'),
    ca: readable(flags.natsCa, '--nats-ca'),
    cert: readable(flags.natsCert, '--nats-cert'),
    key: readable(flags.natsKey, '--nats-key'),
  };
}

function checkServer(server: string): void {
  const url = URL.parse(/^[a-z]+:\/\//.test(server) ? server : `nats://${server}`);
  if (url === null || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol))
    throw new UsageError(`--nats ${withoutSecrets(server)}: write nats://HOST:PORT or tls://HOST:PORT`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError(
      `--nats ${withoutSecrets(server)}: everybody on this machine can read a password on the command line; put credentials into a file and give it with --nats-creds, or use --nats-cert and --nats-key`,
    );
}

function withoutSecrets(server: string): string {
  return server.replace(/\/\/.*@/, '//...@').replace(/^[^/]*@/, '...@');
}

function readable(path: string | undefined, flag: string): string | null {
  if (path === undefined) return null;
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    throw new UsageError(`${flag} ${path}: cannot be read (${(error as Error).message})`, { cause: error });
  }
}
