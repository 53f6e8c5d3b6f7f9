import type { Case, Proof } from '../judgement.ts';
import { readJob } from './job-reading.ts';
import { progressFigures, readProgress } from './progress-reading.ts';
import type { Reading } from './reading.ts';
import { runningSpan } from './running-span.ts';
import { readVcpus } from './vcpu-reading.ts';

/** Whether a guest was throttled, as far as anything shows. */
export interface ThrottleEvidence {
  readonly shows: Reading['shows'];
  readonly due: Reading['due'];
  /** The reading that decides; where none does, the first that says something, else null. */
  readonly decides: Reading | null;
  /** What was seen, in clauses; of a decision also what contradicts it. */
  readonly text: string;
  readonly evidence: readonly Proof[];
}

/** All evidence levels together: the first of L1, L2, L3 that decides; those after it that say otherwise are told with it. */
export function throttleEvidence(subject: Case): ThrottleEvidence {
  const span = runningSpan(subject);
  if (subject.migration.clockStep && subject.samples.length > 0) {
    const text = 'the clock was set back while it ran, so that no sample can be told to be of it';
    return { shows: 'nothing', due: 'unknown', decides: null, text, evidence: [] };
  }
  if (span === null) return { shows: 'nothing', due: 'unknown', decides: null, text: '', evidence: [] };
  const figures = progressFigures(subject, span);
  const job = readJob(subject.samples, span);
  const progress = readProgress(subject, figures);
  const dueFrom = job.dueFrom ?? (progress.due === 'due' ? progress.dueFrom : null);
  const vcpus = readVcpus(subject, span, { from: dueFrom, figures });
  const readings = [job, vcpus, progress];
  const due = [job, progress, vcpus].find((reading) => reading.due !== 'unknown')?.due ?? 'unknown';
  const decides = readings.find(({ shows }) => shows !== 'nothing') ?? null;
  if (decides === null) {
    const said = readings.filter(({ text }) => text !== '');
    return {
      shows: 'nothing',
      due,
      decides: said[0] ?? null,
      text: said.map(({ text }) => text).join('; '),
      evidence: said.flatMap(({ evidence }) => evidence),
    };
  }
  const others = readings.filter(({ shows }) => shows !== 'nothing' && shows !== decides.shows);
  const against = others.map(({ level, text }) => `; but ${text} (${level}, which counts less than ${decides.level})`);
  return {
    shows: decides.shows,
    due,
    decides,
    text: decides.text + against.join(''),
    evidence: [decides, ...others].flatMap(({ evidence }) => evidence),
  };
}
