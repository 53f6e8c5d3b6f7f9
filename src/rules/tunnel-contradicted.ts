import type { Case, Finding, Rule } from '../judgement.ts';
import { decisionOf } from './decision-lines.ts';
import { migrationFlows } from './migration-flows.ts';
import { declareIt, originOf } from './timeline.ts';

export const tunnelContradicted: Rule = {
  id: 'tunnel-contradicted',
  title: 'tunnel setting contradicted',
  why: 'the fork says "libvirt_tunnel enabled for this migration" where it tunnels through libvirtd, and nothing where it does not; of upstream only the connections show it.',
  severity: 'error',
  needs: `the fork's line "libvirt_tunnel enabled for this migration", joined by request id, and the effective setting; upstream: ss -tn of a host during the migration`,
  undecided:
    'on upstream nova, which logs no such line, without connections from the time in which memory was sent; where the setting is not declared, or the log does not cover the whole migration',
  collect:
    "the fork: the source host's log at INFO from 30 s before to 60 s after the migration, and flavor and metadata of the instance in the campaign file; upstream: ss -tn on the source host",
  check,
};

function check(subject: Case): Finding {
  const { settings } = subject;
  const setting = settings.tunnel;
  if (settings.profile !== 'stx-2018') return byFlows(subject);
  const { line, silence } = decisionOf(subject, 'tunnel-enabled');
  const evidence = line ? [line] : [];
  const expected = `the migration should be ${setting.value ? 'tunnelled' : 'direct'} (${originOf(setting)})`;
  if (line && !setting.declared) {
    return { status: 'inconclusive', message: `nova tunnels; ${declareIt('setting', settings.profile)}`, evidence };
  }
  if (line) {
    if (setting.value) return { status: 'pass', message: `${expected}, and nova says so`, evidence };
    return { status: 'fail', message: `${expected}, but nova tunnels`, evidence };
  }
  if (silence !== null)
    return { status: 'inconclusive', message: `${expected}; nova does not say that it tunnels, but ${silence}` };
  if (!setting.value) return { status: 'pass', message: `${expected}, and nova does not say that it tunnels` };
  const status = setting.declared ? 'fail' : 'inconclusive';
  return {
    status,
    message: `${expected}, but nova does not say that it tunnels`,
    evidence: subject.migration.timeline.filter(({ type }) => type === 'monitor-started'),
  };
}

/** A connection to QEMU's port, or none beside libvirtd's own. */
function byFlows(subject: Case): Finding {
  const { tunnel: setting, profile } = subject.settings;
  const { path, text, evidence } = migrationFlows(subject);
  if (path === 'unknown') {
    const unseen = 'upstream nova does not log whether it tunnels: collect ss -tn samples during the migration';
    return { status: 'inconclusive', message: text === '' ? unseen : `${unseen}; ${text}`, evidence };
  }
  const expected = `the migration should be ${setting.value ? 'tunnelled' : 'direct'} (${originOf(setting)})`;
  if ((path === 'tunnelled') === (setting.value === true))
    return { status: 'pass', message: `${expected}, and ${text}`, evidence };
  if (setting.declared) return { status: 'fail', message: `${expected}, but ${text}`, evidence };
  return { status: 'inconclusive', message: `${expected}, but ${text}; ${declareIt('setting', profile)}`, evidence };
}
