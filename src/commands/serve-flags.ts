import { addressIn } from '../metrics/serve.ts';
import { UsageError } from './usage-error.ts';

/** Where a dashboard listens, and what its clients must know (null: nothing). */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
  readonly token: string | null;
}

/** Throws UsageError for what is no address, for a token that can be guessed, and where others could ask without one. */
export function listeningOf(listen: string, token: string | null): Listening {
  const address = addressIn(listen);
  if (address === null) throw new UsageError(`--listen ${listen}: write HOST:PORT, as 127.0.0.1:9480`);
  if (token !== null && !TOKEN.test(token))
    throw new UsageError(`--token: write 16 or more letters, digits, - . _ or ~, as openssl rand -hex 16 prints them`);
  if (token === null && !address.isLoopback) {
    throw new UsageError(
      `--listen ${listen}: others could read there what the logs say of your tenants.\n  Give a --token that they must know, or stay at 127.0.0.1 and come by: ssh -L 9480:127.0.0.1:9480 HOST`,
    );
  }
  return { ...address, token };
}

const TOKEN = /^[\w.~-]{16,}$/;
