import { fleetOf } from '../fleet-facts.ts';
import type { InstanceFacts, PlacedKey } from '../judgement.ts';
import type { Profile, Ref, Setting, Settings } from '../model.ts';
import { type InForce, type Linted, lintJson, lintText, type Remark } from '../report/index.ts';
import { judgeFleet } from '../rules/index.ts';
import { type Campaign, CampaignError, NO_CAMPAIGN } from '../settings/campaign.ts';
import { standingAlone } from '../settings/import/standalone.ts';
import { type Combination, planPrecedence } from '../settings/precedence-plan.ts';
import { refusalOf } from '../settings/refusals.ts';
import { openStore } from '../store/open.ts';
import { Surroundings } from '../surroundings.ts';
import { importedFrom, loadCampaign } from './campaign-files.ts';
import { tell } from './output.ts';
import { declaredBy, type SharedFlags } from './shared.ts';
import { paintFor } from './terminal.ts';

export interface LintFlags extends SharedFlags {
  readonly files: readonly string[];
  readonly plan?: boolean | undefined;
  readonly format: string;
}

/** Looks at settings before a run: campaign files, and what openstack prints. Exit 0; 1 where something is an error. */
export async function lint(flags: LintFlags): Promise<number> {
  const campaigns = flags.files.filter((path) => /\.ya?ml$/i.test(path));
  const others = flags.files.filter((path) => !campaigns.includes(path));
  const broken: CampaignError[] = [];
  const looked: Linted[] = [];
  const look = (load: () => Campaign) => {
    try {
      looked.push(lintOf(load(), flags));
    } catch (error) {
      if (!(error instanceof CampaignError)) throw error;
      broken.push(error);
    }
  };
  for (const path of campaigns) {
    look(() => {
      const { campaign, notes } = loadCampaign(path);
      tell(notes);
      return campaign;
    });
  }
  if (others.length > 0) look(() => lintedAlone(others));
  const all: Linted = {
    remarks: looked.flatMap(({ remarks }) => remarks),
    inForce: looked.flatMap(({ inForce }) => inForce),
    plan: flags.plan ? looked.flatMap(({ plan }) => plan ?? []) : null,
  };
  process.stdout.write(flags.format === 'json' ? lintJson(all) : lintText(all, paintFor(flags)));
  tell(broken);
  return broken.length > 0 || all.remarks.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function lintedAlone(paths: readonly string[]): Campaign {
  const { campaign, imported } = importedFrom(paths, NO_CAMPAIGN);
  return standingAlone(campaign, imported);
}

const LOOKED_AT = /^(?:setting-(?!drift)|timeout-setting-)/;

function lintOf(campaign: Campaign, flags: LintFlags): Linted {
  const db = openStore(null);
  try {
    const declared = declaredBy(flags, campaign);
    const profile = declared.profile ?? profileOf(campaign);
    const fleet = fleetOf(db, { ...declared, profile }, new Surroundings(db, new Map()), null);
    const failed = judgeFleet({ ...fleet, migrations: [], tests: [] }).filter(
      ({ rule, status }) => status === 'fail' && LOOKED_AT.test(rule),
    );
    const remarks = failed.map(({ rule, severity, message, evidence }): Remark => {
      const proofs = evidence.map(({ text, ...ref }) => ({ ref, text }));
      return { rule, severity, message, answer: null, evidence: proofs };
    });
    const { instances } = fleet;
    return {
      remarks: sorted(
        answered(
          remarks,
          instances.flatMap((each) => refusals(each, profile)),
        ),
      ),
      inForce: instances.map(inForceOf),
      plan: flags.plan
        ? planPrecedence(instances.map(combinationOf)).map(({ keys, shows }) => ({ ...named(keys), shows }))
        : null,
    };
  } finally {
    db.close();
  }
}

/** Keys that only the fork reads say that it is meant. */
function profileOf({ instances }: Campaign): Profile {
  const keys = [...instances.values()].flatMap(({ flavor, image, metadata }) =>
    Object.keys({ ...flavor, ...image, ...metadata }),
  );
  return keys.some((key) => /live_?migration/i.test(key)) ? 'stx-2018' : 'upstream';
}

/** What nova would answer belongs to the remark about the same line, where a rule made one. */
function answered(remarks: readonly Remark[], refused: readonly Remark[]): Remark[] {
  const isAbout = (remark: Remark, refusal: Remark) =>
    remark.severity === 'error' &&
    remark.evidence.some(({ ref }) => refusal.evidence.some((each) => isSame(each.ref, ref)));
  const told = remarks.map((remark) => {
    const refusal = refused.find((each) => isAbout(remark, each));
    return refusal === undefined ? remark : { ...remark, answer: refusal.answer };
  });
  return [...told, ...refused.filter((refusal) => !remarks.some((remark) => isAbout(remark, refusal)))];
}

function isSame(a: Ref, b: Ref): boolean {
  return a.path === b.path && a.line === b.line;
}

const ORDER = ['error', 'warning', 'note'];

function sorted(remarks: readonly Remark[]): Remark[] {
  return remarks.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** The API checks flavors and metadata, as it takes them. */
function refusals({ name, keys }: InstanceFacts, profile: Profile): Remark[] {
  if (profile !== 'stx-2018') return [];
  return keys
    .filter(({ origin }) => origin === 'flavor' || origin === 'instance')
    .flatMap((key) => {
      const answer = key.value === null ? null : refusalOf(key.key, key.value);
      if (answer === null) return [];
      const message = `${name}: nova does not take ${key.key}=${key.value}`;
      return [{ rule: 'refused', severity: 'error' as const, message, answer, evidence: [key.proof] }];
    });
}

function inForceOf({ name, settingsAt }: InstanceFacts): InForce {
  const { timeout_s, max_downtime_ms, auto_converge, tunnel }: Settings = settingsAt(null);
  return {
    name,
    settings: [
      inWords('timeout', timeout_s, ' s'),
      inWords('maximum downtime', max_downtime_ms, ' ms'),
      inWords('auto-converge', auto_converge, ''),
      inWords('tunnel', tunnel, ''),
    ],
  };
}

function inWords(what: string, { value, origin, why }: Setting<unknown>, unit: string): string {
  const shown = value === null ? 'unknown' : value === true ? 'on' : value === false ? 'off' : `${value}${unit}`;
  return `${what} ${shown}${origin === null ? '' : ` (${origin})`}: ${why}`;
}

function combinationOf({ keys }: InstanceFacts): Combination {
  const at = (place: PlacedKey['origin']) =>
    Object.fromEntries(
      keys.flatMap(({ origin, key, value }) => (origin === place && value !== null ? [[key, value]] : [])),
    );
  return { flavor: at('flavor'), image: at('image'), instance: at('instance') };
}

function named({ flavor, image, instance }: Combination) {
  return { flavor, image, metadata: instance };
}
