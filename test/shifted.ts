import { readdirSync, readFileSync } from 'node:fs';
import { logPath } from './running.ts';

/** The texts of a genuine folder's logs by host, the stamps of one host moved by so many seconds from a share of its lines on. */
export function shifted(folder: string, host: string, seconds: number, from = 0): Record<string, string> {
  const hosts = readdirSync(logPath(`genuine/${folder}`)).flatMap(
    (name) => /^(.*)\.nova-compute\.log$/.exec(name)?.[1] ?? [],
  );
  const text = (name: string) => readFileSync(logPath(`genuine/${folder}/${name}.nova-compute.log`), 'utf8');
  return Object.fromEntries(hosts.map((each) => [each, each === host ? moved(text(each), seconds, from) : text(each)]));
}

function moved(text: string, seconds: number, from: number): string {
  const lines = text.split('\n');
  const first = lines.length * from;
  return lines
    .map((line, index) => (index < first ? line : line.replace(STAMP, (stamp) => later(stamp, seconds))))
    .join('\n');
}

const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/;

function later(stamp: string, seconds: number): string {
  const at = Date.parse(`${stamp.replace(' ', 'T')}Z`) + seconds * 1000;
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
