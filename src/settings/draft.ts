import { Document } from 'yaml';
import type { Outcome, Profile } from '../model.ts';

/** What a folder of logs and clients' output shows of a campaign. Paths are relative to the folder. */
export interface Drafted {
  readonly name: string;
  readonly profile: Profile | null;
  readonly hosts: readonly { readonly name: string; readonly logs: readonly string[] }[];
  readonly imports: readonly string[];
  readonly samples: readonly string[];
  /** nova.conf's values as option dumps show them, by the names of `defaults`. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly migrations: readonly {
    readonly instance: string;
    readonly request: string | null;
    readonly startedAt: number | null;
    readonly outcome: Outcome;
    readonly route: string;
    /** The test of a suite in which it started; null where none is known. */
    readonly test: string | null;
  }[];
  /** UUIDs that no import declares. */
  readonly undeclared: readonly string[];
}

/** A campaign file for people to go on with: what is known stands in it, what only they know stands as a comment. */
export function draftCampaign(drafted: Drafted): string {
  const { name, profile, hosts, imports, samples, migrations, undeclared } = drafted;
  const known = {
    novatrail: 1,
    campaign: name,
    ...(imports.length === 0 ? {} : { import: imports }),
    ...(samples.length === 0 ? {} : { samples }),
    hosts: Object.fromEntries(hosts.map(({ name: host, logs }) => [host, { logs }])),
    ...(Object.keys(drafted.defaults).length === 0 ? {} : { defaults: valuesOf(drafted.defaults) }),
  };
  return [
    '# Drafted from what lies in this folder. Go through it: what stands here is taken at its word.',
    new Document(known).toString({ lineWidth: 120 }).trimEnd(),
    ...profileText(profile),
    '# Where a host does not log in UTC, give it its zone: { logs: [...], tz: America/Toronto }',
    ...(Object.keys(drafted.defaults).length === 0 ? DEFAULTS : ['# as the option dumps in the logs have them']),
    ...NETWORKS,
    ...instancesText(undeclared),
    ...testsText(migrations),
    '',
  ].join('\n');
}

/** A profile that is declared makes its defaults count, so people decide. */
function profileText(profile: Profile | null): string[] {
  if (profile === null) return ['# Which nova it is; the logs do not tell', '# profile: upstream   # or stx-2018'];
  return [
    '# Which nova the logs show; once it is declared, its defaults hold for whatever is not declared',
    `# profile: ${profile}`,
  ];
}

const DEFAULTS = [
  '# nova.conf of the hosts; no log here prints it',
  '# defaults: { timeout: 180, downtime: 500, downtime_steps: 10, auto_converge: true, tunnel: false, post_copy: false }',
];
const NETWORKS = [
  '# networks: { lab: { config: infra-only, link_mbps: 10000 } }   # cpe | infra-only | lacp | mgmt-only | other',
];

function instancesText(undeclared: readonly string[]): string[] {
  if (undeclared.length === 0) return [];
  return [
    '# Instances that nothing here declares; better than to write them is to import what these print (-f json):',
    '# openstack server show, openstack flavor show, openstack image show, openstack volume show',
    '# instances:',
    ...undeclared.map(
      (id, index) => `#   vm-${index + 1}: { id: ${id}, memory_mib: 4096, flavor: {}, image: {}, metadata: {} }`,
    ),
  ];
}

function testsText(migrations: Drafted['migrations']): string[] {
  if (migrations.length === 0) return [];
  return [
    '# The migrations found. Give each that is a test its id, and what it expects where the settings do not say:',
    '# tests:',
    ...migrations.map(({ instance, request, startedAt, outcome, route, test }) => {
      const window = startedAt === null ? '' : `, window: ${minuteOf(startedAt)}/PT2M`;
      const asked = request === null ? '' : `, request: ${request}`;
      return `#   - { id: ${test === null ? 'TEST' : JSON.stringify(test)}, instance: ${instance}${asked}${window} }   # ${route}, ${outcome}`;
    }),
  ];
}

function minuteOf(at: number): string {
  return `${new Date(Math.floor(at / 60_000) * 60_000).toISOString().slice(0, 19)}Z`;
}

function valuesOf(defaults: Readonly<Record<string, string>>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => {
      if (/^(?:true|false)$/i.test(value)) return [name, value.toLowerCase() === 'true'];
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );
}
