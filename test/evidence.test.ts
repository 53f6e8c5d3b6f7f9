import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { audited, logPath } from './running.ts';
import { ROOT } from './scratch.ts';

/** Folders of logs with all that may stand in them: campaigns, rotated and compressed logs, several hosts, samples. */
const FOLDERS = [
  ...globSync('sample-logs/*/', { cwd: ROOT }).map((folder) => join(ROOT, folder)),
  ...['stx3', 'zed3', 'stx-conflicts'].map((folder) => logPath(`genuine/${folder}`)),
].sort();

/** What a verdict is shown with is what stands in the file: at this offset, on this line, with this text. */
test.each(FOLDERS)('%s: every piece of evidence can be opened', async (folder) => {
  const { migrations, findings } = await audited([folder]);
  const verdicts = [...migrations.flatMap((migration) => migration.verdicts), ...findings];
  const evidence = verdicts.flatMap((verdict) => verdict.evidence);
  expect(evidence.length).toBeGreaterThan(0);
  for (const { path, line, offset, text } of evidence) {
    const bytes = bytesOf(path);
    const begun = bytes.subarray(0, offset);
    expect(begun.length === 0 || begun.at(-1) === 10, `${path}:${line}`).toBe(true);
    expect(begun.toString('latin1').split('\n').length, `${path}:${line}`).toBe(line);
    const end = bytes.indexOf(10, offset);
    const there = bytes.subarray(offset, end < 0 ? undefined : end).toString('utf8');
    // A line of a block of samples is shown behind the header that says when it was: "### TIME COMMAND | line".
    const shown = /^### .* \| (.*)$/s.exec(text)?.[1] ?? text;
    expect(there.trim().startsWith(shown.trim().slice(0, 900)), `${path}:${line} ${text}`).toBe(true);
  }
});

test.each(FOLDERS)('%s: what failed shows a line, what is undecided a line or what to collect', async (folder) => {
  const { migrations, findings } = await audited([folder]);
  const verdicts = [...migrations.flatMap((migration) => migration.verdicts), ...findings];
  const bare = verdicts.filter(({ status, evidence }) => status === 'fail' && evidence.length === 0);
  expect(bare).toEqual([]);
  for (const { status, message } of verdicts) if (status === 'inconclusive') expect(message.length).toBeGreaterThan(20);
});

const read = new Map<string, Buffer>();

function bytesOf(path: string): Buffer {
  const known = read.get(path) ?? readFileSync(path);
  const bytes = path.endsWith('.gz') && !read.has(path) ? gunzipSync(known) : known;
  read.set(path, bytes);
  return bytes;
}
