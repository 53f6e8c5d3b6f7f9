import type { Case, Finding, Proof, Rule } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { declareIt, originOf } from './timeline.ts';

export const downtimePauseOverLimit: Rule = {
  id: 'downtime-pause-over-limit',
  title: 'the guest stood longer than the limit',
  why: "the limit is what QEMU aims at with an estimate; the guest's real pause may be somewhat longer, not twice as long.",
  severity: 'warning',
  needs: "the source's pause and the destination's resume with the clocks' offset, or a sample of the completed job",
  undecided:
    "without the destination's log or the clocks' offset; and where a forced completion may have paused the guest, which nova does not log",
  collect: 'virsh domjobinfo --completed on the source host right after the migration; the log of the destination host',
  check,
};

/** How long the guest stood, in ms, as far as it is known. */
interface Pause {
  readonly least: number;
  readonly most: number;
  /** True where it may have begun with a forced completion. */
  readonly forced: boolean;
  readonly evidence: readonly Proof[];
}

function check(subject: Case): Finding {
  const { migration, settings } = subject;
  if (migration.outcome !== 'completed')
    return { status: 'not-applicable', message: 'it did not complete: the guest stayed where it was' };
  const limit = settings.max_downtime_ms;
  const pause = fromSample(subject) ?? fromEpochs(subject) ?? fromLines(subject);
  if (pause === null)
    return {
      status: 'inconclusive',
      message: 'no sample, and no pause and resume of known clocks, tell how long it stood',
    };
  const { least, most, evidence } = pause;
  const allowed = Math.max(2 * limit.value, limit.value + 500);
  const message = `${stood(pause)}; the limit is ${limit.value} ms (${originOf(limit)}), ${allowed} ms with what QEMU may exceed it by`;
  if (most <= allowed) return { status: 'pass', message, evidence };
  if (least <= allowed) return { status: 'inconclusive', message: `${message}; the clocks do not tell`, evidence };
  if (!limit.declared)
    return { status: 'inconclusive', message: `${message}; ${declareIt('limit', settings.profile)}`, evidence };
  if (pause.forced) {
    const doubt = 'a forced completion pauses the guest too, and nova does not log it';
    return { status: 'inconclusive', message: `${message}; ${doubt}`, evidence };
  }
  return { status: 'fail', message, evidence };
}

function stood({ least, most }: Pause): string {
  if (least === most) return `the guest stood for ${least} ms`;
  return Number.isFinite(most)
    ? `the guest stood for ${least} to ${most} ms`
    : `the guest stood for at least ${least} ms`;
}

/** What libvirt says of the job that is over. */
function fromSample({ samples, migration: { startedAt } }: Case): Pause | null {
  const sample = samples.findLast(
    ({ kind, at, fields }) =>
      kind === 'job' &&
      fields.status === 'completed' &&
      typeof fields.total_downtime_ms === 'number' &&
      startedAt !== null &&
      at >= startedAt,
  );
  const downtime = sample?.fields.total_downtime_ms;
  if (sample === undefined || typeof downtime !== 'number') return null;
  return { least: downtime, most: downtime, forced: false, evidence: [sample] };
}

/** By the times that libvirt's events carry (DEBUG). */
function fromEpochs({ migration, clockOffset, clockError_ms }: Case): Pause | null {
  const pause = migration.observed.pause_ms;
  if (pause === null) return null;
  const evidence = migration.timeline.filter(
    ({ type, fields }) => type === 'lifecycle' && fields.epoch_s !== undefined,
  );
  const [earlier, later] = clockOffset?.agrees
    ? [clockOffset.most_ms, -clockOffset.least_ms]
    : [clockError_ms, clockError_ms];
  return { least: Math.max(0, pause - earlier), most: pause + later, forced: true, evidence };
}

/**
 * By the times of the lines. "Migration completed" instead of "Paused" (since Rocky) means that nova saw the job over already:
 * no forced completion, but the pause began before.
 */
function fromLines({ migration, clockOffset }: Case): Pause | null {
  const { sourceHost, destinationHost, timeline } = migration;
  if (!clockOffset?.agrees) return null;
  const said = (host: string | null, state: string, event: StoredEvent) =>
    event.type === 'lifecycle' && event.fields.state === state && event.host === host && event.at !== null;
  const resumed = timeline.find((event) => said(destinationHost, 'Resumed', event));
  const stopped =
    timeline.find((event) => said(sourceHost, 'Paused', event)) ??
    timeline.find((event) => said(sourceHost, 'Migration completed', event));
  if (resumed?.at == null || stopped?.at == null || sourceHost === null) return null;
  const apart = resumed.at - stopped.at;
  const forced = stopped.fields.state === 'Paused';
  return {
    least: Math.max(0, apart - clockOffset.most_ms),
    most: forced ? apart - clockOffset.least_ms : Number.POSITIVE_INFINITY,
    forced,
    evidence: [stopped, resumed, ...clockOffset.evidence],
  };
}
