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

/** An event whose line has a time. */
export interface TimedEvent extends StoredEvent {
  readonly at: number;
}

/**
 * What a tool other than nova showed at one moment. `job`: QEMU's migration job (virsh domjobinfo, query-migrate); `vcpu`: a
 * vCPU's thread in top; `schedstat`: run and wait times of a vCPU's thread; `flow`: a TCP connection (ss); `libvirtd`: its row in top.
 */
export type SampleKind = 'job' | 'vcpu' | 'schedstat' | 'flow' | 'libvirtd';

/** A sample, tied to its guest by libvirt's name (`domain`) or by the file's instance, to its host by the file or its folder. */
export interface Sample {
  readonly kind: SampleKind;
  readonly at: number;
  readonly host: string | null;
  readonly domain: string | null;
  readonly instance: string | null;
  readonly fields: Fields;
  readonly text: string;
  readonly ref: Ref;
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

/** `expect`: a test of the campaign states what it expects, whatever the settings say. */
export type Origin = 'flavor' | 'image' | 'instance' | 'nova.conf' | 'default' | 'log' | 'expect';

export interface Candidate {
  readonly origin: Origin;
  readonly key: string;
  readonly value: string;
  /** Why it lost, or why it was not looked at; null for the winner. */
  readonly lost: string | null;
}

/** A setting in force. `declared` is false for a profile's default that nobody stated (rules never fail on it). */
export interface KnownSetting<Value> {
  readonly value: Value;
  readonly origin: Origin;
  readonly declared: boolean;
  readonly candidates: readonly Candidate[];
  readonly why: string;
}

/** A setting of which nothing is known, and why. */
export interface UnknownSetting extends Omit<KnownSetting<unknown>, 'value' | 'origin' | 'declared'> {
  readonly value: null;
  readonly origin: null;
  readonly declared: false;
}

export type Setting<Value> = KnownSetting<Value> | UnknownSetting;

/** Everything a rule may need to know about what was in force when a migration ran. */
export interface Settings {
  readonly profile: Profile;
  readonly profileDeclared: boolean;
  /** Seconds; 0 switches the timeout off. Not known upstream without the size. */
  readonly timeout_s: Setting<number>;
  readonly max_downtime_ms: KnownSetting<number>;
  readonly auto_converge: KnownSetting<boolean>;
  readonly tunnel: KnownSetting<boolean>;
  readonly post_copy: KnownSetting<boolean>;
  readonly timeout_action: KnownSetting<'abort' | 'force_complete'>;
  /** Seconds without progress after which nova gives up (until Rocky); 0 switches it off. */
  readonly progress_timeout_s: KnownSetting<number>;
  readonly downtime_steps: KnownSetting<number>;
  readonly downtime_delay_s: KnownSetting<number>;
  /** nova.conf's live_migration_completion_timeout, before it is multiplied by the size (profile upstream). */
  readonly completion_timeout_s: KnownSetting<number>;
  /** Size in GiB that upstream multiplies timeout and delay with; null where memory or disks are not declared. */
  readonly data_gb: Setting<number>;
}

/** The fork knows every one, for its timeout does not depend on a size. */
export interface ForkSettings extends Settings {
  readonly timeout_s: KnownSetting<number>;
}

/** From least to most, both included. */
export type Span = readonly [least: number, most: number];

/** What the downtime lines of a migration show of the schedule behind them; what they leave open is a list of spans. */
export interface ScheduleShown {
  /** True where nova printed the schedule itself (DEBUG). */
  readonly whole: boolean;
  readonly limit_ms: readonly Span[];
  readonly steps: readonly Span[];
  /** Seconds between steps. */
  readonly delay_s: readonly Span[];
  /** The fork's timeout, which its delay comes from; empty upstream. */
  readonly timeout_s: readonly Span[];
  /** The curve, and the Python that computed it. */
  readonly arithmetics: readonly string[];
}

/** What the log of a migration shows of one setting: the spans or the words that are possible, in order. */
export interface Revealed {
  /** Named as nova.conf's option where the value is nova.conf's. */
  readonly name: string;
  readonly possible: readonly (Span | string)[];
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
  /** Why a failure is let pass, and until when; only where the campaign waives it. */
  readonly waived?: string;
}
