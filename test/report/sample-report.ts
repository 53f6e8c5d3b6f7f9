import type { JudgedMigration, Report, RuleMeta } from '../../src/judgement.ts';
import type { Verdict } from '../../src/model.ts';
import { judgeLogs } from '../rules/log-text.ts';
import { logOf, uuid } from '../sample-log.ts';

const LOG = logOf([
  { instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 900]] },
  { instance: uuid(2), request: 'req-2', from: 100, lasts: 30, steps: [[0, 50]] },
]);

const meta = { title: 'a title', why: 'why', severity: 'error', needs: 'lines', undecided: 'without them' } as const;
const CATALOGUE: readonly RuleMeta[] = [
  { ...meta, id: 'too-long', collect: 'the downtime lines' },
  { ...meta, id: 'too-fast', collect: 'virsh domjobinfo once a second' },
  { ...meta, id: 'odd-file', collect: 'the whole file' },
];

export const PASSING: Verdict = { rule: 'too-long', status: 'pass', severity: 'error', message: 'fine', evidence: [] };
export const OPEN: Verdict = { ...PASSING, rule: 'too-fast', status: 'inconclusive', message: 'no samples' };
export const FINDING: Verdict = { ...PASSING, rule: 'odd-file', status: 'fail', severity: 'note', message: 'odd' };

/** A report of two migrations with the given verdicts, the second without those that fail, and of one finding. */
export async function reportOf(verdicts: readonly Verdict[], campaign: string | null = 'mine'): Promise<Report> {
  const { migrations } = await judgeLogs({ logs: { 'compute-0': LOG } });
  const passing = verdicts.filter(({ status }) => status !== 'fail');
  const judged = migrations.map((each, at): JudgedMigration => ({ ...each, verdicts: at === 0 ? verdicts : passing }));
  return {
    catalogue: CATALOGUE,
    generatedAt: Date.UTC(2018, 6, 2, 15),
    version: '1.2.3',
    campaign,
    profile: 'upstream',
    sources: [],
    migrations: judged,
    findings: [FINDING],
    tests: [],
    uncovered: [],
    throughput: [],
  };
}

/** A failing verdict that says, and shows, any text. */
export function failing(text: string, severity: Verdict['severity'] = 'error'): Verdict {
  const evidence = [{ path: `${text}/n.log`, line: 7, offset: 70, text }];
  return { rule: 'too-long', status: 'fail', severity, message: text, evidence };
}
