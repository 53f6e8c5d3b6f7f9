import type { Case, Finding, Fleet, FleetRule, Rule, RuleMeta } from '../judgement.ts';
import type { StoredEvent, TimedEvent } from '../model.ts';
import { isAtWork, ROLES } from '../nova/roles.ts';
import { isTimed, numberOf, pairs } from './timeline.ts';

const meta: RuleMeta = {
  id: 'log-gap',
  title: 'gap in the log',
  why: 'nova reports on a running migration every 30 s at INFO: where it is silent for longer, or a rotated file is not there, lines are missing.',
  severity: 'warning',
  needs:
    "the lines of the source host's log while the migration runs, and the names of the rotated files that were read",
  undecided:
    'where the log holds no INFO record, only one line shows the migration at work, or nova itself counted less time than its clock',
  collect: 'all files of the rotated set; a rotation that loses nothing (not copytruncate)',
};

/** In a migration. */
export const logGap: Rule = { ...meta, check };

/** In the rotated sets of files, one finding for each file that is not there. */
export const logGapInFiles: FleetRule = { ...meta, check: missing };

const SILENCE_MS = 90_000;
/** Nova's own counter went on by less than this: it has no line in between to lose. */
const COUNTED_S = 60;

function check({ migration, coverage }: Case): Finding {
  const own = watched(migration.timeline, migration.sourceHost);
  const [file] = coverage.missingFiles;
  if (file !== undefined && own.length > 0) {
    const sides = [own[0], own.at(-1)].filter((event) => event !== undefined);
    return { status: 'fail', message: `${file} is not there, and would hold a part of it`, evidence: sides };
  }
  if (own.length === 0)
    return { status: 'not-applicable', message: 'no line shows it at work, so that nova had nothing to report' };
  if (own.length === 1) return { status: 'inconclusive', message: 'only one line shows it at work', evidence: own };
  if (!coverage.info) return { status: 'inconclusive', message: 'the log holds no INFO record, where nova reports' };
  const gaps = pairs(own).filter(([before, after]) => after.at - before.at > SILENCE_MS);
  const gap = gaps.find(([before, after]) => !isStall(before, after));
  if (gap !== undefined) {
    const message = `nova says nothing of it for ${Math.round((gap[1].at - gap[0].at) / 1000)} s, though it reports every 30 s`;
    return { status: 'fail', message, evidence: gap };
  }
  const [stall] = gaps;
  if (stall === undefined) return { status: 'pass', message: 'nova reports on it without a gap of more than 90 s' };
  const seconds = Math.round((stall[1].at - stall[0].at) / 1000);
  const counted = numberOf(stall[1], 'running_s') - numberOf(stall[0], 'running_s');
  const message = `${seconds} s lie between two reports, but nova counted ${Math.round(counted)} s: its clock was set, or it hung`;
  return { status: 'inconclusive', message, evidence: stall };
}

/** The source's lines from the first that shows the job at work to the first that ends it. */
function watched(timeline: readonly StoredEvent[], host: string | null): TimedEvent[] {
  const own = timeline.filter(isTimed).filter((event) => event.host === host);
  const from = own.findIndex(({ type }) => isAtWork(type));
  if (from < 0) return [];
  const lines = own.slice(from).filter(({ type }) => isAtWork(type) || ROLES[type] === 'ending');
  const end = lines.findIndex(({ type }) => ROLES[type] === 'ending');
  // A nova that was restarted in between was not there to report.
  if (lines[end]?.type === 'restart-in-migration') return lines.slice(0, end);
  return end < 0 ? lines : lines.slice(0, end + 1);
}

function isStall(before: StoredEvent, after: StoredEvent): boolean {
  const counted = numberOf(after, 'running_s') - numberOf(before, 'running_s');
  return before.type === 'progress' && after.type === 'progress' && counted < COUNTED_S;
}

function missing({ hosts }: Fleet): Finding[] {
  return hosts.flatMap(({ missingFiles }) =>
    missingFiles.map(
      (path): Finding => ({ status: 'fail', message: `${path} is not there, though its neighbours are` }),
    ),
  );
}
