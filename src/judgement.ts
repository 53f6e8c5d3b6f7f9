// The nouns of judging: what a rule is given, what it says, what a report is made of. Types only; imports the facts' nouns.

import type {
  Guest,
  Matched,
  MatchedTest,
  MigrationFacts,
  Proof,
  TestResult,
  UncoveredStatement,
} from './certification.ts';
import type { ConfKey, InstanceFacts } from './declarations.ts';
import type {
  Migration,
  Profile,
  Sample,
  ScheduleShown,
  Settings,
  Severity,
  Status,
  StoredEvent,
  TimedEvent,
  Verdict,
} from './model.ts';

export type { Guest, Proof, Workload } from './certification.ts';
export type { ConfKey, InstanceFacts, PlacedKey } from './declarations.ts';

/** What a host's log around a migration can prove by silence. */
export interface Coverage {
  /** True where the log runs without a gap from 30 s before the start to 60 s after the end. */
  readonly complete: boolean;
  /** The oldest time in the part of the host's log that holds the migration. */
  readonly logStart: number | null;
  /** The newest time in it. */
  readonly logEnd: number | null;
  /** True where records of level INFO were seen in the host's log. */
  readonly info: boolean;
  /** Files of a rotated set that are not there and would hold a part of the migration's time, by the name they would have. */
  readonly missingFiles: readonly string[];
}

/** How far one host's clock is from another's, from the order of hand-over lines: `to` minus `from`, ms. */
export interface ClockOffset {
  readonly from: string;
  readonly to: string;
  readonly least_ms: number;
  readonly most_ms: number;
  /** Hand-overs that the interval is the intersection of. */
  readonly pairs: number;
  /** False where the hand-overs contradict each other (a clock was set in between): then it bounds each of them, not all. */
  readonly agrees: boolean;
  /** The lines of the hand-over that bounds it most. */
  readonly evidence: readonly StoredEvent[];
}

/** What a rule about a migration is given. */
export interface Case extends Matched {
  readonly migration: Migration;
  readonly settings: Settings;
  /** Of the source host's log. */
  readonly coverage: Coverage;
  /** Of the destination host's log; null where it was not read. */
  readonly destination: Coverage | null;
  /** All migrations of the instance, in order of their start; this one among them. */
  readonly attempts: readonly Migration[];
  /** What other tools showed of the instance and its hosts, from 60 s before the start to 120 s after the end, in order of time. */
  readonly samples: readonly Sample[];
  /** The destination's clock against the source's; null where no hand-over was seen. */
  readonly clockOffset: ClockOffset | null;
  /** How far the campaign allows the hosts' clocks to be off (ms, the larger of both hosts); 0 where it does not say. */
  readonly clockError_ms: number;
  /** What its downtime lines show; null where there are fewer than two. */
  readonly shown: ScheduleShown | null;
  /** Forbidden messages on either host from the start to the end. */
  readonly incidents: readonly StoredEvent[];
  /** What the source's nova-compute said as it started: that it will not use auto-converge. Of the process that migrates. */
  readonly notices: readonly StoredEvent[];
  /** The first start of nova-compute in the source's log after the last line of its work; null where none was seen. */
  readonly restart: StoredEvent | null;
  /** Null where the campaign does not declare the instance. */
  readonly guest: Guest | null;
}

/** What a rule says, before its id and the severity of its kind are added. */
export interface Finding {
  readonly status: Status;
  readonly message: string;
  readonly evidence?: readonly Proof[];
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
}

/** What the catalogue (`rules`) says of a rule. */
export interface RuleMeta {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: Severity;
  /** What it decides from: which lines, which settings, which samples. */
  readonly needs: string;
  /** When it cannot decide. */
  readonly undecided: string;
  /** What to collect then. */
  readonly collect: string;
}

/** A rule about one migration. */
export interface Rule extends RuleMeta {
  readonly check: (subject: Case) => Finding;
  /** The time (ms) from which silence of the source host's log changes what `check` says; null where it changes nothing. */
  readonly deadline?: (subject: Case) => number | null;
}

/** A rule about what belongs to no single migration: files, hosts, declared settings. One finding for each that it looked at. */
export interface FleetRule extends RuleMeta {
  readonly check: (fleet: Fleet) => readonly Finding[];
}

/** A file that was read. */
export interface FileFacts {
  readonly path: string;
  readonly host: string | null;
  readonly events: number;
  readonly timedEvents: number;
  /** How many records about migrations no grammar took, and the first of them. */
  readonly unmatched: number;
  readonly firstUnmatched: readonly Proof[];
  /** Bytes of it that may have been written and were gone before a tail could read them; `to` null: not known. */
  readonly lost: readonly {
    readonly from: number;
    readonly to: number | null;
    /** Times (ms) of the lines around it, as far as known. */
    readonly after: number | null;
    readonly before: number | null;
  }[];
  /** Neighbouring events of the file of which the second is earlier by more than a second. */
  readonly stepsBack: readonly (readonly [before: TimedEvent, after: TimedEvent])[];
}

/** A host of which a log was read. */
export interface HostFacts {
  readonly host: string;
  /** Paths of its logs. */
  readonly paths: readonly string[];
  /** Every level seen; empty where its lines print none. */
  readonly levels: readonly string[];
  readonly events: number;
  readonly firstEvent: StoredEvent | null;
  /** Files of a rotated set that are not there, by the name they would have. */
  readonly missingFiles: readonly string[];
  /** The option dumps in its logs, oldest first. */
  readonly options: readonly StoredEvent[];
  /** nova's own lines about values that it cannot read: the first one of each. */
  readonly complaints: readonly StoredEvent[];
}

/** Everything that was read and declared together. */
export interface Fleet {
  /** What `--profile` or the campaign says, else what the logs show; null where neither tells. */
  readonly profile: Profile | null;
  readonly files: readonly FileFacts[];
  readonly hosts: readonly HostFacts[];
  readonly offsets: readonly ClockOffset[];
  /** How far the campaign allows a host's clock to be off (ms). */
  readonly clockError_ms: (host: string) => number;
  readonly instances: readonly InstanceFacts[];
  /** nova.conf as declared, by option name (without its group). */
  readonly conf: readonly ConfKey[];
  readonly migrations: readonly MigrationFacts[];
  readonly tests: readonly MatchedTest[];
}

export interface SourceSummary {
  readonly path: string;
  readonly host: string | null;
  readonly bytes: number;
  readonly lines: number;
  readonly events: number;
  readonly unmatched: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** A migration that was judged, with what rules about several of them need. */
export interface JudgedMigration extends Matched {
  /** Without its lines: a report of many migrations would not fit into memory with them. */
  readonly migration: Omit<Migration, 'timeline'>;
  /** How many lines it was put together from. */
  readonly lines: number;
  readonly settings: Settings;
  readonly verdicts: readonly Verdict[];
  /** How a time window (`--since`, `--until`) cuts it; null where it lies inside. */
  readonly cut: string | null;
}

/** One migration's throughput, and what sets it apart from that of others; null where nothing tells. */
export interface Throughput {
  readonly migration: string;
  /** The network's configuration. */
  readonly network: string;
  readonly link_mbps: number | null;
  readonly memory_band: string;
  readonly tunnelled: boolean | null;
  readonly auto_converge: boolean | null;
  /** From which host to which, as `compute-0 to compute-1`. */
  readonly direction: string | null;
  readonly throughput_bytes_s: number | null;
  /** Progress intervals that it is the median of. */
  readonly intervals: number;
  /** Why it is not compared: `idle`, `concurrent`; null where it is. */
  readonly excluded: string | null;
}

export interface Report {
  /** The rules there are, for what to collect where one could not decide. */
  readonly catalogue: readonly RuleMeta[];
  readonly generatedAt: number | null;
  readonly version: string;
  readonly campaign: string | null;
  readonly profile: Profile | 'auto';
  readonly sources: readonly SourceSummary[];
  readonly migrations: readonly JudgedMigration[];
  /** Verdicts that belong to a setting, a file or a host rather than to a migration. */
  readonly findings: readonly Verdict[];
  readonly tests: readonly TestResult[];
  readonly uncovered: readonly UncoveredStatement[];
  /** Of the migrations that have an end, to compare the tunnel with. */
  readonly throughput: readonly Throughput[];
}
