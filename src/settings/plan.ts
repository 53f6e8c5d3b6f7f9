import type { PlannedTest, SuiteTest, Transcript } from '../certification.ts';
import type { Campaign, DeclaredTest } from './campaign.ts';
import { didYouMean } from './did-you-mean.ts';
import type { ServerAction } from './import/openstack.ts';

/** What a campaign's tests refer to, once it is read. */
export interface PlanMaterial {
  /** By the path that the test names. */
  readonly transcripts: ReadonlyMap<string, Transcript>;
  readonly actions: readonly ServerAction[];
  /** What test suites' own logs tell. */
  readonly suiteTests: readonly SuiteTest[];
}

/**
 * The campaign's tests with what they refer to. A test without a window has the one in which the suite's log shows the only run of
 * it. A test that names no request takes the only live migration that the API was asked for in its window. Throws CampaignError where a test names an instance that nothing declares.
 */
export function planOf(campaign: Campaign, material: PlanMaterial): PlannedTest[] {
  return campaign.tests.map((test): PlannedTest => {
    const { id, network, expect, proof } = test;
    const window = test.window ?? ranIn(id, material.suiteTests);
    const instance = instanceOf(test, campaign);
    const transcript = test.transcript === null ? null : (material.transcripts.get(test.transcript) ?? null);
    const request = test.request ?? requestOf(instance, window, material.actions);
    return { id, instance, request, network, window, transcript, expect, proof };
  });
}

/** An instance's id as people write it. */
export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function instanceOf(test: DeclaredTest, { instances }: Campaign): string | null {
  if (test.instance === null) return null;
  const named = [...instances.values()].filter(({ name, domain }) => [name, domain].includes(test.instance));
  if (named.length > 1)
    throw test.wrong('instance', `${named.length} instances are called ${test.instance}; write its id`);
  if (named[0] !== undefined) return named[0].id;
  if (UUID.test(test.instance)) return test.instance.toLowerCase();
  const names = [...instances.values()].map(({ name }) => name);
  throw test.wrong('instance', `there is no instance ${test.instance}${didYouMean(test.instance, names)}`);
}

/** When the only run of a test ran; one without a result may have gone on for ever. */
function ranIn(id: string, suite: readonly SuiteTest[]): PlannedTest['window'] {
  const [run, ...more] = suite.filter((test) => test.id === id);
  return run === undefined || run.to === null || more.length > 0 ? null : { from: run.from, to: run.to };
}

/** The API is asked some seconds before nova-compute starts. */
const ASKED_BEFORE_MS = 120_000;

function requestOf(
  instance: string | null,
  window: PlannedTest['window'],
  actions: readonly ServerAction[],
): string | null {
  if (instance === null || window === null) return null;
  const asked = actions.filter(
    (action) =>
      action.instance === instance &&
      action.at !== null &&
      action.at >= window.from - ASKED_BEFORE_MS &&
      action.at <= window.to,
  );
  return asked.length === 1 ? (asked[0]?.request ?? null) : null;
}
