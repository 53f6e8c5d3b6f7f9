import type { Report } from '../judgement.ts';
import type { Verdict } from '../model.ts';
import { rotationOf } from '../nova/rotation.ts';
import { shownEvidence } from './page-lines.ts';
import type { PageFinding, PageHost, PageSource } from './page-shapes.ts';
import { isFailure } from './summary.ts';

/** The findings, each with the hosts that it is about. */
export function findingsOf(report: Report): PageFinding[] {
  const concerned = hostsConcerned(report);
  return report.findings.map((finding) => {
    const { rule, status, severity, message, waived, evidence } = finding;
    return {
      rule,
      title: report.catalogue.find(({ id }) => id === rule)?.title ?? rule,
      status,
      severity,
      message,
      waived: waived ?? null,
      hosts: concerned(finding),
      about: ABOUT[rule] ?? 'other',
      ...shownEvidence(evidence),
    };
  });
}

/** Every host that a log is of, or that a migration came from or went to, in the order of their names. */
export function hostsOf(report: Report, findings: readonly PageFinding[], sources: readonly PageSource[]): PageHost[] {
  return hostNames(report).map((host) => {
    const from = report.migrations.filter(({ migration }) => migration.sourceHost === host);
    return {
      host,
      sources: sources.filter((source) => source.host === host),
      findings: findings.flatMap(({ hosts }, place) => (hosts.includes(host) ? [place] : [])),
      migrations_from: from.length,
      migrations_to: report.migrations.filter(({ migration }) => migration.destinationHost === host).length,
      failing_from: from.filter(({ verdicts }) => verdicts.some(isFailure)).length,
    };
  });
}

const ABOUT: Readonly<Record<string, PageFinding['about']>> = {
  'setting-drift': 'settings',
  'setting-invalid': 'settings',
  'clock-skew': 'clock',
  'clock-backwards': 'clock',
  'clock-zone': 'clock',
  'log-gap': 'log',
  'log-cut-off': 'log',
  'log-level-too-high': 'log',
  'log-unrecognised': 'log',
};

function hostNames({ sources, migrations }: Report): string[] {
  const hosts = [
    ...sources.map(({ host }) => host),
    ...migrations.flatMap(({ migration }) => [migration.sourceHost, migration.destinationHost]),
  ];
  return [...new Set(hosts.filter((host) => host !== null))].sort();
}

/**
 * The hosts of which a finding's lines or missing files are, or that its message names; only where it is about hosts at all: a
 * setting of an instance, or a comparison, cites lines of many.
 */
function hostsConcerned(report: Report): (finding: Verdict) => string[] {
  const names = new Set(hostNames(report));
  const logs = report.sources.flatMap(({ path, host }) =>
    host === null ? [] : [{ path, host, set: rotationOf(path).set }],
  );
  return ({ rule, message, evidence }) => {
    if (ABOUT[rule] === undefined) return [];
    const paths = new Set(evidence.map(({ path }) => path));
    const ofLogs = logs.filter(({ path, set }) => paths.has(path) || message.startsWith(set)).map(({ host }) => host);
    const named = message.split(BETWEEN_NAMES).filter((word) => names.has(word));
    return [...new Set([...ofLogs, ...named])].sort();
  };
}

const BETWEEN_NAMES = /[\s:;,()'"]+|\.(?=\s|$)/;
