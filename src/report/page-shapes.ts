// What the pages show, as JSON: of a report as a whole, a row of each migration, the details of one. Types only. Times are ISO
// 8601 in UTC; those that end in `_s` in details are seconds from the migration's start.

import type { TestStatus } from '../certification.ts';
import type { RuleMeta, SourceSummary } from '../judgement.ts';
import type { Candidate, Evidence, Observed, Origin, Outcome, Severity, Status } from '../model.ts';

/** The front page, the hosts and the comparison. */
export interface PageFront {
  readonly novatrail: string;
  readonly generated_at: string | null;
  readonly campaign: string | null;
  readonly profile: string;
  readonly summary: Readonly<Record<'migrations' | 'pass' | 'fail' | 'inconclusive' | 'not_applicable', number>>;
  readonly outcomes: readonly { readonly outcome: Outcome; readonly count: number }[];
  /** Of the campaign's tests; null where there are none. */
  readonly certificate: PageCertificate | null;
  /** Rules that failed, of migrations and findings, the gravest and most frequent first. */
  readonly failing_rules: readonly PageFailing[];
  /** What to collect for what was not decided, what decides most first. */
  readonly undecided: readonly {
    readonly collect: string;
    readonly decides: readonly { readonly rule: string; readonly count: number }[];
  }[];
  readonly findings: readonly PageFinding[];
  readonly hosts: readonly PageHost[];
  readonly tunnel: PageTunnel;
  readonly sources: readonly PageSource[];
  readonly rules: readonly RuleMeta[];
}

export interface PageCertificate {
  readonly counts: readonly { readonly status: TestStatus; readonly words: string; readonly count: number }[];
  readonly tests: readonly PageTest[];
  readonly uncovered: readonly { readonly id: string; readonly text: string; readonly untested: boolean }[];
}

export interface PageTest extends PageEvidence {
  readonly id: string;
  readonly plan: string | null;
  readonly section: string | null;
  readonly title: string | null;
  readonly status: TestStatus;
  readonly words: string;
  readonly migrations: readonly string[];
  readonly reasons: readonly string[];
  readonly missing: string | null;
}

export interface PageFailing {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  /** Verdicts, on migrations and on anything else. */
  readonly migrations: number;
  readonly findings: number;
}

/** Lines that prove, the first of them, and how many there are. */
export interface PageEvidence {
  readonly evidence: readonly Omit<Evidence, 'offset'>[];
  readonly evidence_count: number;
}

/** A verdict on a setting, a file or a host. */
export interface PageFinding extends PageEvidence {
  readonly rule: string;
  readonly title: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly message: string;
  readonly waived: string | null;
  /** Hosts in whose logs the lines lie, or that the message names. */
  readonly hosts: readonly string[];
  readonly about: 'settings' | 'clock' | 'log' | 'other';
}

/** A host of which a log was read, or that migrations came from or went to. `findings`: their places in the list. */
export interface PageHost {
  readonly host: string;
  readonly sources: readonly PageSource[];
  readonly findings: readonly number[];
  readonly migrations_from: number;
  readonly migrations_to: number;
  /** Of those from it, with a failing verdict. */
  readonly failing_from: number;
}

export interface PageSource extends Pick<SourceSummary, 'path' | 'host' | 'bytes' | 'lines' | 'events' | 'unmatched'> {
  readonly first_at: string | null;
  readonly last_at: string | null;
}

/** Tunnelled against direct migrations, in bytes a second. */
export interface PageTunnel {
  readonly strata: readonly PageStratum[];
  readonly excluded: readonly { readonly why: string; readonly count: number }[];
  readonly notes: readonly string[];
}

export interface PageStratum {
  readonly stratum: string;
  readonly arms: readonly PageArm[];
  /** Of the medians, tunnelled to direct, with its 95 % interval. */
  readonly ratio: number | null;
  readonly ratio_interval: readonly [low: number, high: number] | null;
  readonly p_lower: number | null;
  readonly reading: string;
}

export interface PageArm {
  readonly name: string;
  readonly n: number;
  readonly median_bytes_s: number | null;
  readonly p10_bytes_s: number | null;
  readonly p90_bytes_s: number | null;
  /** One a migration. */
  readonly values: readonly (readonly [migration: string, bytes_s: number])[];
}

/** A migration in a table. */
export interface PageRow {
  readonly id: string;
  readonly instance: string;
  readonly source_host: string | null;
  readonly destination_host: string | null;
  readonly test: string | null;
  readonly outcome: Outcome;
  readonly started_at: string | null;
  readonly duration_s: number | null;
  /** Rules that failed, gravest first. */
  readonly failing: readonly string[];
  /** The gravest of them; null where nothing failed. */
  readonly severity: Severity | null;
  readonly waived: number;
  readonly undecided: number;
}

/** Everything of one migration. Numbers in `lines` of its parts are places in its own `lines`. */
export interface PageDetail extends Omit<PageRow, 'failing' | 'severity' | 'waived' | 'undecided'> {
  readonly ended_at: string | null;
  readonly request_id: string | null;
  readonly guest: string | null;
  readonly network: string | null;
  readonly profile: string;
  readonly clock_step: boolean;
  readonly cut: string | null;
  readonly observed: Observed;
  readonly story: readonly PageSentence[];
  readonly settings: readonly PageSetting[];
  readonly readings: PageReadings;
  /** What nova allowed, from each line on. */
  readonly downtime_steps: readonly { readonly at_s: number; readonly downtime_ms: number }[];
  /** What QEMU's own figures show of its throttle. */
  readonly throttle: readonly { readonly at_s: number; readonly percent: number }[];
  readonly moments: readonly PageMoment[];
  /** Of the guest, by the line of either host; null where they were not seen. */
  readonly pause: PagePause | null;
  readonly verdicts: readonly PageVerdict[];
  readonly what_if: readonly (PageSentence & { readonly name: string; readonly kind: string })[];
  readonly lines: readonly PageLine[];
}

export interface PageSentence {
  readonly text: string;
  readonly lines: readonly number[];
}

export interface PageSetting {
  readonly key: string;
  readonly name: string;
  readonly unit: string;
  readonly value: string | number | boolean | null;
  readonly origin: Origin | null;
  readonly declared: boolean;
  readonly why: string;
  readonly candidates: readonly Candidate[];
}

/** Columns of what progress lines, or samples of the job, say; rates (bytes a second) from the reading before, null where none is known. */
export interface PageReadings {
  readonly from: 'log' | 'samples';
  readonly at_s: readonly number[];
  readonly remaining_bytes: readonly number[];
  readonly processed_bytes: readonly number[];
  readonly wire_bytes_s: readonly (number | null)[];
  readonly dirty_bytes_s: readonly (number | null)[];
  readonly total_bytes: number | null;
  /** Places of readings before which a pass ended unseen, since the reading before. */
  readonly rises: readonly number[];
}

/** From Paused to Resumed. `pause_ms` by the epochs that libvirt gave them; null: by the times of lines, of two hosts' clocks. */
export interface PagePause {
  readonly from_s: number;
  readonly to_s: number;
  readonly pause_ms: number | null;
}

/** Lines of a kind that follow each other on one host. */
export interface PageMoment {
  readonly from_s: number | null;
  readonly to_s: number | null;
  readonly host: string | null;
  readonly type: string;
  readonly text: string;
  readonly count: number;
  /** The first and the last. */
  readonly lines: readonly number[];
}

export interface PageVerdict {
  readonly rule: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly message: string;
  readonly waived: string | null;
  readonly lines: readonly number[];
}

/** A line that is cited, or that stands beside one that is. */
export interface PageLine extends Omit<Evidence, 'offset'> {
  /** Its place among the migration's own lines; null for samples and campaign files. */
  readonly position: number | null;
}
