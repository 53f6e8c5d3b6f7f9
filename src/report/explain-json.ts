import type { Answer, Explained } from '../explanation.ts';
import type { Proof } from '../judgement.ts';
import type { Setting } from '../model.ts';
import { proofOf, SETTING_NAMES } from './explain.ts';
import { type Point, seriesOf } from './explain-chart.ts';
import { type Notes, paragraphOf, startNotes } from './explain-notes.ts';
import { storyOf } from './explain-story.ts';
import { type Moment, momentsOf } from './explain-timeline.ts';
import { namesJson } from './names-json.ts';
import { printableJson } from './printable.ts';
import { isoTime } from './time.ts';

/** Migrations explained as JSON. Numbers in `cites` count `lines` from 1, as `[1]` in the paragraph does. Ends in a line feed. */
export function explainJson(version: string, all: readonly Explained[]): string {
  return `${printableJson(JSON.stringify({ novatrail: version, migrations: all.map(oneJson) }, null, 2))}\n`;
}

function oneJson(explained: Explained) {
  const { migration: m, settings } = explained.subject;
  const notes = startNotes();
  const paragraph = paragraphOf(storyOf(explained), notes);
  const { downtime_ms, timeout_s, throttle_percent } = explained.whatIf;
  const { memory, steps } = seriesOf(m);
  return {
    ...namesJson(m),
    started_at: isoTime(m.startedAt),
    ended_at: isoTime(m.endedAt),
    duration_s: m.duration_s,
    outcome: m.outcome,
    profile: settings.profile,
    paragraph,
    settings: Object.fromEntries(SETTING_NAMES.map(([key]) => [key, settingJson(settings[key] as Setting<unknown>)])),
    timeline: momentsOf(m).map((moment) => momentJson(moment, notes)),
    chart: { memory_remaining_bytes: memory.map(pairOf), downtime_ms: steps.map(pairOf) },
    verdicts: explained.verdicts.map(({ rule, status, severity, message, evidence }) => {
      return { rule, status, severity, message, cites: notes.numbers(evidence.map(proofOf)) };
    }),
    what_if: {
      downtime_ms: answerJson(downtime_ms, notes),
      timeout_s: answerJson(timeout_s, notes),
      throttle_percent: answerJson(throttle_percent, notes),
    },
    lines: notes.cited().map(lineJson),
  };
}

/** [seconds from the start, value]. */
function pairOf({ x, y }: Point): readonly [number, number] {
  return [x, y];
}

function settingJson({ value, origin, declared, why, candidates }: Setting<unknown>) {
  return { value, origin, declared, why, candidates };
}

function momentJson({ events, host, type, from_s, to_s, text }: Moment, notes: Notes) {
  const [first, last] = [events[0], events.at(-1)];
  const ends = [first, last].flatMap((event) => (event === undefined ? [] : [event]));
  const at = { at: isoTime(first?.at ?? null), from_s, to_s };
  return { ...at, host, type, lines: events.length, text, cites: notes.numbers(ends) };
}

function answerJson(answer: Answer, notes: Notes) {
  const range = answer.kind === 'range' ? answer.range : null;
  const least = answer.kind === 'above' ? answer.least : (range?.low ?? null);
  return {
    kind: answer.kind,
    low: least,
    high: range?.high ?? null,
    text: answer.text,
    cites: notes.numbers(answer.proofs),
  };
}

function lineJson({ ref: { path, line, offset }, text }: Proof) {
  return { path, line, offset, text };
}
