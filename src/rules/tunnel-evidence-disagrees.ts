import type { Case, Finding, Rule } from '../judgement.ts';
import { decisionOf } from './decision-lines.ts';
import { migrationFlows } from './migration-flows.ts';

export const tunnelEvidenceDisagrees: Rule = {
  id: 'tunnel-evidence-disagrees',
  title: 'log and connections disagree about the tunnel',
  why: "the fork's line says what nova asked for; the hosts' connections show which way the memory went.",
  severity: 'warning',
  needs: `the fork's line "libvirt_tunnel enabled for this migration" or its sure absence, and ss -tn of a host during the migration`,
  undecided: 'without connections from the time in which memory was sent, or where the log is not whole',
  collect: 'ss -tn on the source host, once a second while it migrates',
  check,
};

function check(subject: Case): Finding {
  if (subject.settings.profile !== 'stx-2018')
    return { status: 'not-applicable', message: 'upstream nova says nothing of the tunnel that could disagree' };
  const { line, silence } = decisionOf(subject, 'tunnel-enabled');
  const flows = migrationFlows(subject);
  const evidence = [...(line ? [line] : []), ...flows.evidence];
  if (flows.path === 'unknown') {
    const message = flows.text === '' ? 'no connections of the hosts were collected' : flows.text;
    return { status: 'inconclusive', message, evidence };
  }
  if (line === null && silence !== null)
    return {
      status: 'inconclusive',
      message: `nova does not say that it tunnels, but ${silence}; ${flows.text}`,
      evidence,
    };
  const said = line ? 'nova says that it tunnels' : 'nova does not say that it tunnels';
  if ((line !== null) === (flows.path === 'tunnelled'))
    return { status: 'pass', message: `${said}, and ${flows.text}`, evidence };
  return { status: 'fail', message: `${said}, but ${flows.text}`, evidence };
}
