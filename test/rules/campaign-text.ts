import { called, scratch } from '../scratch.ts';
import { VM } from './log-text.ts';

interface Verdict {
  readonly rule: string;
  readonly status: string;
  readonly message: string;
  readonly waived?: string;
  readonly evidence: readonly { readonly path: string; readonly line: number; readonly text: string }[];
}

/** The report of an audit of a campaign's folder. */
export interface Certified {
  readonly migrations: readonly {
    readonly id: string;
    readonly test: string | null;
    readonly verdicts: readonly Verdict[];
  }[];
  readonly findings: readonly Verdict[];
  readonly tests: readonly {
    readonly id: string;
    readonly plan: string | null;
    readonly section: string | null;
    readonly status: string;
    readonly migrations: readonly string[];
    readonly reasons: readonly string[];
    readonly evidence: readonly { readonly path: string; readonly line: number }[];
    readonly missing: string | null;
  }[];
  readonly uncovered: readonly { readonly id: string; readonly untested: boolean }[];
}

/** A campaign file of the instance `vm`; JSON is YAML. */
export function campaignOf(parts: Record<string, unknown>, instance: Record<string, unknown> = {}): string {
  return JSON.stringify({ novatrail: 1, profile: 'stx-2018', instances: { vm: { id: VM, ...instance } }, ...parts });
}

/** Audits a folder as a user does: the log of compute-0, a campaign file, and other files beside it. */
export async function certified(
  log: string,
  campaign: string,
  files: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Certified> {
  const folder = scratch({ 'compute-0/nova-compute.log': log, 'campaign.yaml': campaign, ...files });
  const { stdout, stderr, code } = await called(folder, ['audit', '.', '--format', 'json', ...flags]);
  if (stdout === '') throw new Error(`exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as Certified;
}
