// The nouns of novatrail. Types only; imports nothing. Times are milliseconds since the epoch (UTC) unless a name says otherwise.

/** Evidence a person can open: `line` counts from 1, `offset` is in bytes from the start of the uncompressed file. */
export interface Ref {
  readonly path: string;
  readonly line: number;
  readonly offset: number;
}

/** One line as it lies in a file, without its line end. `end` is the offset just after the line end. */
export interface LogLine {
  readonly text: string;
  readonly line: number;
  readonly offset: number;
  readonly end: number;
  /** False for the last line of a file that does not end in a line feed. */
  readonly terminated: boolean;
}

/** A wall-clock time as printed, before its time zone is known. `zone_minutes` (east of UTC) only where the line prints it. */
export interface LocalTime {
  /** Null where the log prints none (RFC 3164 syslog). */
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  readonly zone_minutes: number | null;
}

/** When a record was logged: nothing, a local time, or an absolute time (JSON formatters print the epoch). */
export type Stamp = null | LocalTime | { readonly epoch_ms: number };

/** What stands in front of a message. */
export interface Header {
  readonly stamp: Stamp;
  /** The line's own host field (syslog, JSON, a merger's alias); null where it has none. */
  readonly host: string | null;
  readonly level: string | null;
  readonly logger: string | null;
  readonly pid: number | null;
  readonly requestId: string | null;
  readonly instance: string | null;
  readonly message: string;
}

/** A header line with the lines that belong to it (traceback, rest of a multi-line message) in `detail`. */
export interface LogRecord extends Header {
  readonly detail: readonly string[];
  readonly text: string;
  readonly line: number;
  readonly offset: number;
  readonly end: number;
}

export type FieldValue = number | string | boolean | null | readonly (readonly number[])[];
export type Fields = Readonly<Record<string, FieldValue>>;

/** What a message grammar returns: the event's type and its own fields. */
export interface Recognised {
  readonly type: string;
  readonly fields: Fields;
}

/** A record that a message grammar took. `at` is null where the line has no time. */
export interface LogEvent extends Recognised {
  readonly at: number | null;
  readonly host: string | null;
  readonly level: string | null;
  readonly logger: string | null;
  readonly pid: number | null;
  readonly requestId: string | null;
  readonly instance: string | null;
  /** The line as it stands in the file, cut at 1,000 characters. */
  readonly text: string;
  readonly ref: Ref;
}

/** A record about migrations that no grammar took. */
export interface Unmatched extends Pick<LogEvent, 'at' | 'host' | 'level' | 'logger' | 'instance' | 'text' | 'ref'> {
  readonly message: string;
}

/** An event as it lies in the store: `source` is the store's id of the file. */
export interface StoredEvent extends LogEvent {
  readonly source: number;
}

export type Outcome = 'completed' | 'timed-out' | 'cancelled' | 'failed' | 'running';

/** Which nova wrote the log: the StarlingX fork of 2018, or upstream. */
export type Profile = 'stx-2018' | 'upstream';

/** What was seen of a migration; null where the log does not tell. Bytes are bytes, ratios are plain numbers. */
export interface Observed {
  readonly max_step_ms: number | null;
  readonly last_step_s: number | null;
  readonly throughput_bytes_s: number | null;
  readonly dirty_ratio: number | null;
  readonly pause_ms: number | null;
  readonly throttle_percent: number | null;
  /** Whether it went through libvirtd's tunnel; only the fork's log tells. */
  readonly tunnelled: boolean | null;
}

/** One attempt to move one instance from one host to another. */
export interface Migration {
  readonly id: string;
  readonly instance: string;
  readonly sourceHost: string | null;
  readonly destinationHost: string | null;
  readonly requestId: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Seconds from start to end; from the counters in the lines where the clock stepped back in between. */
  readonly duration_s: number | null;
  readonly outcome: Outcome;
  /** What the lines themselves show of the fork; null where nothing tells. */
  readonly dialect: Profile | null;
  /** True where nova's clock went back by more than a second between two lines of one file. */
  readonly clockStep: boolean;
  readonly observed: Observed;
  /** Every event of the migration, in order; the source's and the destination's. */
  readonly timeline: readonly StoredEvent[];
}

export type Origin = 'flavor' | 'image' | 'instance' | 'nova.conf' | 'default' | 'log';

export interface Candidate {
  readonly origin: Origin;
  readonly key: string;
  readonly value: string;
  /** Why it lost, or why it was not looked at; null for the winner. */
  readonly lost: string | null;
}

/** A setting in force. `declared` is false for a profile's default that nobody stated (rules never fail on it). */
export interface Setting<Value> {
  readonly value: Value | null;
  readonly origin: Origin | null;
  readonly declared: boolean;
  readonly candidates: readonly Candidate[];
  readonly why: string;
}

/** Everything a rule may need to know about what was in force when a migration ran. */
export interface Settings {
  readonly profile: Profile;
  readonly profileDeclared: boolean;
  /** Seconds; 0 switches the timeout off. */
  readonly timeout_s: Setting<number>;
  readonly max_downtime_ms: Setting<number>;
  readonly auto_converge: Setting<boolean>;
  readonly tunnel: Setting<boolean>;
  readonly post_copy: Setting<boolean>;
  readonly timeout_action: Setting<'abort' | 'force_complete'>;
  readonly downtime_steps: Setting<number>;
  readonly downtime_delay_s: Setting<number>;
  /** nova.conf's live_migration_completion_timeout, before it is multiplied by the size (profile upstream). */
  readonly completion_timeout_s: Setting<number>;
  /** Size in GiB that upstream multiplies timeout and delay with; null where memory or disks are not declared. */
  readonly data_gb: Setting<number>;
}

/** What the logs around a migration can prove by silence. */
export interface Coverage {
  /** True where the source's log runs without a gap from 30 s before the start to 60 s after the end. */
  readonly complete: boolean;
  /** The newest time in the source host's log. */
  readonly logEnd: number | null;
  /** True where records of level INFO were seen in the source host's log. */
  readonly info: boolean;
}

export type Status = 'pass' | 'fail' | 'inconclusive' | 'not-applicable';
export type Severity = 'error' | 'warning' | 'note';
export type Evidence = Ref & { readonly text: string };

export interface Verdict {
  readonly rule: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly Evidence[];
}

/** What a rule is given. */
export interface Case {
  readonly migration: Migration;
  readonly settings: Settings;
  readonly coverage: Coverage;
}

/** What a rule says, before its id and the severity of its kind are added. */
export interface Finding {
  readonly status: Status;
  readonly message: string;
  readonly evidence?: readonly LogEvent[];
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: Severity;
  /** What to collect when the rule cannot decide. */
  readonly collect: string;
  readonly check: (subject: Case) => Finding;
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

export interface JudgedMigration {
  /** Without its lines: a report of many migrations would not fit into memory with them. */
  readonly migration: Omit<Migration, 'timeline'>;
  /** How many lines it was put together from. */
  readonly lines: number;
  readonly settings: Settings;
  readonly verdicts: readonly Verdict[];
  /** How a time window (`--since`, `--until`) cuts it; null where it lies inside. */
  readonly cut: string | null;
}

export interface Report {
  /** The rules there are, for what to collect where one could not decide. */
  readonly catalogue: readonly Pick<Rule, 'id' | 'title' | 'collect'>[];
  readonly generatedAt: number | null;
  readonly version: string;
  readonly campaign: string | null;
  readonly profile: Profile | 'auto';
  readonly sources: readonly SourceSummary[];
  readonly migrations: readonly JudgedMigration[];
  /** Verdicts that belong to a file or a host rather than to a migration. */
  readonly findings: readonly Verdict[];
}
