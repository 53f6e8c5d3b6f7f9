/** What can go wrong with an input that the user can mend; `message` says what, where and what to do. */
export class InputError extends Error {
  override name = 'InputError';
}

/** Packed data that are damaged or break off, which is told some way behind the damage: what was unpacked last may be wrong. */
export class DamageError extends InputError {}

const BROKEN_OFF = 'the compressed data break off in the middle; copy the file again. What stood before was read';
const DAMAGED = 'the compressed data are damaged; copy the file again. What stood before was read';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; check the path',
  EACCES: 'may not be read by this user; run as a user who may, or copy the log',
  EPERM: 'may not be read by this user; run as a user who may, or copy the log',
  EISDIR: 'is a folder, not a log',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
  ZSTD_error_frameParameter_windowTooLarge:
    'is compressed with a window of more than 128 MiB, which novatrail does not keep; unpack it first: zstd -d --long=31',
};

/** The error with what users can do about it; itself where it is none of the system's or the decoders'. */
export function asInputError(error: unknown, path: string): Error {
  if (error instanceof InputError || !(error instanceof Error)) return error as Error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known = REASONS[code];
  if (known === undefined && /^Z_|ZSTD/.test(code))
    return new DamageError(`${path}: ${code === 'Z_BUF_ERROR' ? BROKEN_OFF : DAMAGED}`, { cause: error });
  if (known === undefined && !code) return error;
  return new InputError(`${path}: ${known ?? error.message}`, { cause: error });
}
