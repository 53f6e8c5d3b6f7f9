import type { Report } from '../judgement.ts';
import type { Verdict } from '../model.ts';
import { rotationOf } from '../nova/rotation.ts';
import { shownEvidence } from './page-lines.ts';
import type { PageFinding, PageHost, PageSource } from './page-shapes.ts';
import { isFailure } from './summary.ts';

/** The findings, each with the hosts that it is about. */
export function findingsOf(report: Report): PageFinding[] {
  const names = hostNames(report);
  return report.findings.map((finding) => {
    const { rule, status, severity, message, waived, evidence } = finding;
    return {
      rule,
      title: report.catalogue.find(({ id }) => id === rule)?.title ?? rule,
      status,
      severity,
      message,
      waived: waived ?? null,
      hosts: concerned(finding, names, report),
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

/** Only what is about hosts at all: a setting of an instance, or a comparison, cites lines of many. */
function concerned(
  { rule, message, evidence }: Verdict,
  names: readonly string[],
  { sources }: Report,
): readonly string[] {
  if (ABOUT[rule] === undefined) return [];
  const paths = new Set(evidence.map(({ path }) => path));
  const ofLogs = sources.flatMap(({ path, host }) =>
    host !== null && (paths.has(path) || message.startsWith(rotationOf(path).set)) ? [host] : [],
  );
  const told = new Set([...ofLogs, ...names.filter((name) => isNamed(name, message))]);
  return names.filter((name) => told.has(name));
}

function isNamed(name: string, message: string): boolean {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w./-])${literal}(?![\\w/-]|\\.\\w)`).test(message);
}
