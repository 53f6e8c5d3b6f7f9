// Whole processes, measured from outside.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './programs.ts';

/** What one run took. `rss`: most memory in use, in bytes, where the system tells it. */
export interface Run {
  readonly seconds: number;
  readonly rss: number | null;
}

/** Something to be measured under a name; `runs` where it is slow. */
export interface Contender {
  readonly name: string;
  readonly command: Command;
  readonly runs?: number;
}

export interface Measured {
  readonly name: string;
  /** Median of all runs. */
  readonly seconds: number;
  readonly rss: number | null;
  readonly runs: number;
}

/** Runs all in turn, several times, so that what disturbs the machine disturbs each. Stores are made anew for each run. */
export async function alternating(contenders: readonly Contender[], runs: number, folder: string): Promise<Measured[]> {
  const taken = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    for (const contender of contenders) {
      if (turn >= (contender.runs ?? runs)) continue;
      for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `bench.db${end}`), { force: true });
      taken.get(contender)?.push(await run(contender.command));
    }
  }
  return [...taken].map(([{ name }, each]) => ({
    name,
    seconds: median(each.map(({ seconds }) => seconds)),
    rss: each.reduce<number | null>((most, { rss }) => (rss === null ? most : Math.max(most ?? 0, rss)), null),
    runs: each.length,
  }));
}

/** Runs a program to its end and reads its output, for grep counts no further where nobody does. Throws where it fails. */
export async function run({ program, args }: Command): Promise<Run> {
  const begun = performance.now();
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  let rss: number | null = null;
  const look = setInterval(() => {
    rss = Math.max(rss ?? 0, peakOf(child.pid ?? 0) ?? 0);
  }, 5);
  const code = await new Promise<number | null>((ended, failed) => child.once('exit', ended).once('error', failed));
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(look);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}`);
  return { seconds, rss };
}

/** The middle of the numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

/** Linux tells the most memory that a process ever had, as long as it runs. */
function peakOf(pid: number): number | null {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    // Another system, or it has just ended.
    return null;
  }
}
