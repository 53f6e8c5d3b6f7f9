/** What can go wrong with an input that the user can mend; `message` says what, where and what to do. */
export class InputError extends Error {
  override name = 'InputError';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; check the path',
  EACCES: 'may not be read by this user; run as a user who may, or copy the log',
  EPERM: 'may not be read by this user; run as a user who may, or copy the log',
  EISDIR: 'is a folder, not a log',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
  Z_BUF_ERROR: 'the compressed data break off in the middle; copy the file again. What stood before was read',
  Z_DATA_ERROR: 'the compressed data are damaged; copy the file again. What stood before was read',
  ZSTD_error_corruption_detected: 'the compressed data are damaged; copy the file again. What stood before was read',
};

/** The error with what users can do about it; itself where it is none of the system's or the decoders'. */
export function asInputError(error: unknown, path: string): Error {
  if (error instanceof InputError || !(error instanceof Error)) return error as Error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known = REASONS[code] ?? (/^Z_|ZSTD/.test(code) ? REASONS.Z_DATA_ERROR : undefined);
  if (known === undefined && !code) return error;
  return new InputError(`${path}: ${known ?? error.message}`, { cause: error });
}
