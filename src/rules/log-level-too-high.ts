import type { Finding, FleetRule, HostFacts } from '../judgement.ts';

export const logLevelTooHigh: FleetRule = {
  id: 'log-level-too-high',
  title: 'log level too high',
  why: 'nova says at INFO what a migration does; where only warnings are logged, silence proves nothing.',
  severity: 'note',
  needs: "the levels of the lines about live migrations in a host's logs",
  undecided: 'where there is no such line, or where lines print no level',
  collect: 'the log at level INFO (nova.conf: debug = False, and no default_log_levels that raises nova)',
  check: ({ hosts }) => hosts.map(levelOf),
};

function levelOf({ host, levels, events, firstEvent }: HostFacts): Finding {
  const evidence = firstEvent === null ? [] : [firstEvent];
  if (events === 0) return { status: 'inconclusive', message: `${host}: no line about a live migration` };
  if (levels.some((level) => INFO.has(level))) return { status: 'pass', message: `${host}: logs at INFO` };
  if (levels.length === 0) return { status: 'inconclusive', message: `${host}: its lines print no level`, evidence };
  if (levels.some((level) => LOWER.has(level))) return { status: 'pass', message: `${host}: logs below INFO` };
  const message = `${host}: its ${events} lines about live migrations are ${levels.join(' and ')} only, none is INFO: rules about what is not said cannot decide`;
  return { status: 'fail', message, evidence };
}

const INFO: ReadonlySet<string> = new Set(['INFO', 'AUDIT']);
const LOWER: ReadonlySet<string> = new Set(['DEBUG', 'TRACE']);
