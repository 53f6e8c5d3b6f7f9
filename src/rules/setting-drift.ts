import type { ConfKey, Finding, Fleet, FleetRule, HostFacts, Proof } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';

export const settingDrift: FleetRule = {
  id: 'setting-drift',
  title: 'nova.conf other than declared',
  why: "nova prints its options when it starts; where they differ from the campaign's, its verdicts rest on the wrong values.",
  severity: 'warning',
  needs: "nova.conf's values in the campaign file (defaults) or --set, and the last option dump in the host's log",
  undecided: 'without an option dump that prints a declared option',
  collect: 'the log of the start of nova-compute at level DEBUG, where oslo.config prints every option',
  check,
};

function check({ hosts, conf }: Fleet): Finding[] {
  if (conf.length === 0) return [];
  return hosts.map((host) => drift(host, conf));
}

interface Difference {
  readonly said: string;
  readonly evidence: readonly Proof[];
}

function drift({ host, options }: HostFacts, conf: readonly ConfKey[]): Finding {
  const last = new Map(options.map((option) => [String(option.fields.name).replace(/^libvirt\./, ''), option]));
  const compared = [...new Set(conf.map(({ key }) => key))].flatMap((key) => {
    const option = last.get(key);
    const declared = option && inForceAt(conf, key, option.at);
    return option && declared && printed(option) !== 'none' ? [{ option, declared }] : [];
  });
  if (compared.length === 0)
    return { status: 'inconclusive', message: `${host}: its log prints none of the declared options` };
  const differing = compared.flatMap(({ option, declared }) => differenceOf(option, declared));
  if (differing.length === 0) return { status: 'pass', message: `${host}: prints what the campaign declares` };
  const message = `${host}: ${differing.map(({ said }) => said).join('; ')}`;
  return { status: 'fail', message, evidence: differing.flatMap(({ evidence }) => evidence) };
}

/** What was declared to hold when the option was printed; without a time of its own, what always holds. */
function inForceAt(conf: readonly ConfKey[], key: string, at: number | null): ConfKey | undefined {
  return conf.filter((each) => each.key === key).findLast(({ from }) => from === null || (at !== null && from <= at));
}

/** True, False and numbers as YAML writes them; None stands for nova's own default, which it does not print. */
function printed({ fields }: StoredEvent): string {
  return String(fields.value).trim().toLowerCase();
}

function differenceOf(option: StoredEvent, { key, value, proof }: ConfKey): Difference[] {
  const [dumped, declared] = [printed(option), value.toLowerCase()];
  if (dumped === declared) return [];
  const evidence = proof === null ? [option] : [proof, option];
  return [{ said: `nova.conf says ${key} = ${option.fields.value}, but ${value} is declared`, evidence }];
}
