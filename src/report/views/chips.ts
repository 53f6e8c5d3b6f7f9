import type { TestStatus } from '../../certification.ts';
import type { Outcome, Severity, Status } from '../../model.ts';
import { type Html, html } from './html.ts';
import { hostPlace } from './places.ts';

type Kind = 'good' | 'bad' | 'open' | 'calm';

/** A status as a word and a sign beside its colour. */
function chip(kind: Kind, sign: string, word: string): Html {
  return html`<span class="chip ${kind}"><span class="sign" aria-hidden="true">${sign}</span>${word}</span>`;
}

const STATUS: Readonly<Record<Status, readonly [Kind, string, string]>> = {
  pass: ['good', '✓', 'pass'],
  fail: ['bad', '✕', 'fail'],
  inconclusive: ['open', '?', 'not decided'],
  'not-applicable': ['calm', '–', 'not applicable'],
};

/** What a rule says; a failure that the campaign waives is none. */
export function statusChip(status: Status, waived: string | null): Html {
  if (status === 'fail' && waived !== null) return chip('calm', '○', 'waived');
  return chip(...STATUS[status]);
}

const TEST: Readonly<Record<TestStatus, readonly [Kind, string]>> = {
  pass: ['good', '✓'],
  fail: ['bad', '✕'],
  inconclusive: ['open', '?'],
  manual: ['open', '◇'],
  'not-run': ['calm', '–'],
};

/** How a test came out, as the certificate words it. */
export function testChip(status: TestStatus, words: string): Html {
  return chip(...TEST[status], words);
}

/** The colour of a test's status. */
export function testKind(status: TestStatus): Kind {
  return TEST[status][0];
}

const OUTCOME: Readonly<Record<Outcome, readonly [Kind, string, string]>> = {
  completed: ['good', '✓', 'completed'],
  'timed-out': ['open', '◔', 'timed out'],
  cancelled: ['calm', '○', 'cancelled'],
  failed: ['bad', '✕', 'failed'],
  running: ['calm', '…', 'no end in the log'],
};

/** How a migration ended. */
export function outcomeChip(outcome: Outcome): Html {
  return chip(...OUTCOME[outcome]);
}

/** How it is called, and its colour. */
export function outcomeWords(outcome: Outcome): { readonly kind: Kind; readonly words: string } {
  const [kind, , words] = OUTCOME[outcome];
  return { kind, words };
}

const SEVERITY: Readonly<Record<Severity, readonly [Kind, string]>> = {
  error: ['bad', '▲'],
  warning: ['open', '△'],
  note: ['calm', 'i'],
};

/** How grave a failure is. */
export function severityChip(severity: Severity): Html {
  return chip(...SEVERITY[severity], severity);
}

/** A host's name, which leads to its page; a question mark where the log does not name one. */
export function hostLink(host: string | null): Html {
  return host === null
    ? html`<span title="the log does not name it">?</span>`
    : html`<a href="${hostPlace(host)}">${host}</a>`;
}

/** From where to where. */
export function routeText(source: string | null, destination: string | null): Html {
  return html`${hostLink(source)} <span aria-hidden="true">→</span><span class="unseen"> to </span> ${hostLink(destination)}`;
}
