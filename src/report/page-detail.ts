import type { Explained } from '../explanation.ts';
import type { Case } from '../judgement.ts';
import type { Setting } from '../model.ts';
import { proofOf, SETTING_NAMES } from './explain.ts';
import { storyOf } from './explain-story.ts';
import { momentsOf } from './explain-timeline.ts';
import { namesJson } from './names-json.ts';
import { linesAround } from './page-lines.ts';
import { pauseOf, readingsShown, stepsOf, throttleOf } from './page-series.ts';
import type { PageDetail, PageSetting } from './page-shapes.ts';
import { isoTime } from './time.ts';

/** Everything that the page of a migration shows. `cut`: how a time window cuts it. */
export function detailOf({ subject, verdicts, whatIf }: Explained, cut: string | null): PageDetail {
  const { migration, samples } = subject;
  const story = storyOf({ subject, verdicts, whatIf });
  const moments = momentsOf(migration).map(({ events, ...moment }) => {
    return { ...moment, count: events.length, ends: [events.slice(0, 1), events.slice(-1)].flat() };
  });
  const judged = verdicts.map(({ evidence, ...verdict }) => ({ ...verdict, proofs: evidence.map(proofOf) }));
  const answers = WHAT_IF.map(([key, name]) => ({ name, ...whatIf[key] }));
  const cited = [...story, ...judged, ...answers].flatMap(({ proofs }) => proofs);
  const { lines, placesOf } = linesAround(migration, [...cited, ...moments.flatMap(({ ends }) => ends)]);
  return {
    ...factsOf(subject),
    cut,
    story: story.map(({ text, proofs }) => ({ text, lines: placesOf(proofs) })),
    settings: settingsOf(subject),
    readings: readingsShown(migration, samples),
    downtime_steps: stepsOf(migration),
    throttle: throttleOf(migration, samples),
    moments: moments.map(({ ends, ...moment }) => ({ ...moment, lines: placesOf(ends) })),
    pause: pauseOf(migration),
    verdicts: judged.map(({ rule, status, severity, message, waived = null, proofs }) => {
      return { rule, status, severity, message, waived, lines: placesOf(proofs) };
    }),
    what_if: answers.map(({ name, kind, text, proofs }) => ({ name, kind, text, lines: placesOf(proofs) })),
    lines,
  };
}

const WHAT_IF = [
  ['downtime_ms', 'downtime limit'],
  ['timeout_s', 'timeout'],
  ['throttle_percent', 'throttle'],
] as const;

function factsOf({ migration: m, settings, tests, network, guest }: Case) {
  return {
    ...namesJson(m),
    test: tests[0]?.id ?? null,
    guest: guest?.name ?? null,
    network: network?.name ?? null,
    outcome: m.outcome,
    started_at: isoTime(m.startedAt),
    ended_at: isoTime(m.endedAt),
    duration_s: m.duration_s,
    profile: settings.profile,
    clock_step: m.clockStep,
    observed: m.observed,
  };
}

function settingsOf({ settings }: Case): PageSetting[] {
  return SETTING_NAMES.map(([key, name, unit]) => {
    const { value, origin, declared, why, candidates } = settings[key] as Setting<string | number | boolean>;
    return { key, name, unit: unit.trim(), value, origin, declared, why, candidates };
  });
}
