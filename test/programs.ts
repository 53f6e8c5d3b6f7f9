import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a program is installed. Where it is not, a test that needs it fails in CI; elsewhere it says what to install. */
export function isThere(program: string, pkg: string): boolean {
  const found = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
  if (!found && process.env.CI) throw new Error(`${program} is missing: apt-get install ${pkg}`);
  if (!found) console.log(`not checked without ${program}: apt-get install ${pkg}`);
  return found;
}
