import { createHash } from 'node:crypto';

/** Kinds of messages, the last token of a subject. */
export const MESSAGE_TYPES = ['event', 'unmatched', 'sample', 'source'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Facts of instances lie in so many partitions; collectors share them. */
export const PARTITIONS = 16;
/** The partition of what every collector needs: statements about sources, and facts without an instance. */
export const SHARED = 'all';

/** Version of subjects and of messages: another one is not read by who knows this one. */
export const ROOT = 'novatrail.v1';
/** The stream that keeps them. */
export const STREAM = 'NOVATRAIL';

/** The subject of a message: what it is of decides its partition, who publishes it its node. */
export function subjectOf(
  { region, node }: { region: string; node: string },
  instance: string | null,
  type: MessageType,
): string {
  return `${ROOT}.${tokenOf(region)}.${partitionOf(instance)}.${tokenOf(node)}.${type}`;
}

/** Where the acknowledgements for a node come: nobody else need be let read them. */
export function inboxOf({ region, node }: { region: string; node: string }): string {
  return `_INBOX.novatrail.${tokenOf(region)}.${tokenOf(node)}`;
}

/** Who published a message, as the subject tells, which a broker's permissions bind; null where it is no subject of ours. */
export function nodeOf(subject: string): string | null {
  const [product, version, , , node, type, ...more] = subject.split('.');
  if (`${product}.${version}` !== ROOT || node === undefined || type === undefined || more.length > 0) return null;
  return nameOf(node);
}

/** The partition of an instance. */
export function partitionOf(instance: string | null): string {
  if (instance === null) return SHARED;
  return String(createHash('sha256').update(instance).digest().readUInt32BE(0) % PARTITIONS);
}

/** A name as one token of a subject: what is no letter, digit, `-` or `_` is written as `=` and two hexadecimal digits a byte. */
export function tokenOf(name: string): string {
  const written = [...Buffer.from(name, 'utf8')].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  });
  return written.length === 0 ? '=' : written.join('');
}

/** The name that a token stands for; null where it is not written as `tokenOf` writes. */
export function nameOf(token: string): string | null {
  if (token === '=') return '';
  if (!/^(?:[\w-]|=[0-9A-F]{2})+$/.test(token)) return null;
  const bytes = token.replace(/=(..)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const name = Buffer.from(bytes, 'latin1').toString('utf8');
  return tokenOf(name) === token ? name : null;
}
