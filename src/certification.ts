// The nouns of certifying: a campaign's tests, what they refer to, what the certificate says. Types only; imports the facts' nouns.

import type { Evidence, Migration, Outcome, Ref, Settings, Verdict } from './model.ts';

/** Anything a person can open: an event, a sample, a line of the campaign file. */
export interface Proof {
  readonly ref: Ref;
  readonly text: string;
}

/** A network that migrations go over, as the campaign declares it. */
export interface Network {
  readonly name: string;
  readonly config: 'cpe' | 'infra-only' | 'lacp' | 'mgmt-only' | 'other';
  /** Of one link, in 10^6 bits a second; null where it is not declared. */
  readonly link_mbps: number | null;
  /** Links that are bonded into one. */
  readonly members: number;
  readonly throughput_floor_mib_s: number | null;
  readonly proof: Proof;
}

/** What a test expects of its migration over what the settings say; null: as the settings say. */
export interface Expectation {
  readonly outcome: Outcome | null;
  readonly timeout_s: number | null;
  readonly max_downtime_ms: number | null;
  readonly auto_converge: boolean | null;
  readonly tunnel: boolean | null;
  readonly throttled: boolean | null;
}

/** A test of the campaign: one migration, or one transcript, that is to prove something. */
export interface PlannedTest {
  /** The plan's test id, or one of the campaign's own. */
  readonly id: string;
  /** UUID; null where it is found by its request, or where it is about a transcript. */
  readonly instance: string | null;
  readonly request: string | null;
  readonly network: Network | null;
  /** When its migration starts (ms). */
  readonly window: { readonly from: number; readonly to: number } | null;
  readonly transcript: Transcript | null;
  readonly expect: Expectation;
  readonly proof: Proof;
}

/** A value that somebody tried to set, and what the command line client answered. */
export interface Attempted {
  readonly key: string;
  readonly value: string;
  /** `nova` prints "ERROR (BadRequest): " before what the server says, `openstack` does not. */
  readonly client: 'nova' | 'openstack';
  /** Its lines joined by single spaces; empty where it printed nothing. */
  readonly answer: string;
  readonly evidence: readonly Proof[];
}

/** A record of a session at the command line. */
export interface Transcript {
  readonly path: string;
  readonly attempts: readonly Attempted[];
}

/** A migration as others than the logs know it. */
export interface MigrationRecord {
  readonly instance: string | null;
  readonly status: string;
  /** nova's database (openstack server migration list), or StarlingX's VIM (its events). */
  readonly knownBy: "nova's database" | 'the VIM';
  readonly startedAt: number | null;
  readonly proof: Proof;
}

/** What the platform's virtual infrastructure manager said of a live migration (events 700.151 to 700.156). */
export interface VimEvent {
  readonly id: string;
  readonly at: number | null;
  /** The instance's name. */
  readonly name: string;
  readonly reason: string | null;
  readonly proof: Proof;
}

/** One run of a test, as a test suite's own log tells (ms); `to` null where no result follows. */
export interface SuiteTest {
  readonly id: string;
  readonly from: number;
  readonly to: number | null;
  readonly proof: Proof;
}

/** Tests that a migration was matched to: none, or those that it proves. */
export interface Matched {
  readonly tests: readonly PlannedTest[];
  /** Of its tests, else the only one that the campaign declares; null where it is not known. */
  readonly network: Network | null;
}

export type TestStatus = 'pass' | 'fail' | 'inconclusive' | 'manual' | 'not-run';

/** A row of the certificate: a test of the plan or of the campaign, by its id. */
export interface TestResult {
  readonly id: string;
  /** The plan and its section; null for a test of the campaign's own. */
  readonly plan: string | null;
  readonly section: string | null;
  readonly title: string | null;
  readonly status: TestStatus;
  /** Ids of the migrations that it was decided from. */
  readonly migrations: readonly string[];
  /** Why, in one sentence each. */
  readonly reasons: readonly string[];
  readonly evidence: readonly Evidence[];
  /** What to collect next time; null where nothing is missing. */
  readonly missing: string | null;
}

/** A statement of the plan that nothing in the campaign decides. */
export interface UncoveredStatement {
  readonly id: string;
  readonly text: string;
  /** True where the plan itself has no test for it. */
  readonly untested: boolean;
}

/** What a campaign proves. */
export interface Certificate {
  readonly tests: readonly TestResult[];
  readonly uncovered: readonly UncoveredStatement[];
}

/** A migration in short, for rules that look at several. */
export interface MigrationFacts extends Matched {
  readonly migration: Omit<Migration, 'timeline'>;
  /** As the log shows, else as declared; null where neither tells. */
  readonly tunnelled: boolean | null;
  /** Off as the log shows, else as declared; null where neither tells. */
  readonly auto_converge: boolean | null;
  /** As declared, else as the log's counters show (a little more than the flavor's); null where neither tells. */
  readonly memory_mib: number | null;
  /** Progress intervals that its throughput is the median of. */
  readonly intervals: number;
  /** True where less than half of the memory that it got done with went over the wire (zero pages): its rate says nothing. */
  readonly idle: boolean;
  readonly settings: Settings;
  /** Kept for migrations of tests only. */
  readonly verdicts: readonly Verdict[];
  /** The line that shows it at work best. */
  readonly proofs: readonly Proof[];
}

/** Which migration a test is about. */
export type Match =
  | { readonly kind: 'found'; readonly migration: MigrationFacts }
  /** Several may be meant. */
  | { readonly kind: 'ambiguous'; readonly migrations: readonly MigrationFacts[] }
  | { readonly kind: 'none' };

/** A test with the migration that it is about. */
export interface MatchedTest {
  readonly test: PlannedTest;
  readonly match: Match;
  /** Migrations that nova's database knows and no log shows, started when the test's should have. */
  readonly unlogged: readonly MigrationRecord[];
}

/** What a campaign says of the guest, besides its settings. */
export interface Guest {
  /** What the campaign calls the instance. */
  readonly name: string;
  readonly memory_mib: number | null;
  readonly vcpus: number | null;
  readonly block_migration: boolean;
  readonly workload: Workload;
}

/** The load in the guest, as declared. */
export interface Workload {
  readonly constant: boolean;
  readonly cpu_bound: boolean;
  readonly dirty_mib_s: number | null;
}
