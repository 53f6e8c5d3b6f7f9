import { catalogueText, printableName, ruleText } from '../report/index.ts';
import { CATALOGUE } from '../rules/index.ts';
import { nearestOf } from './nearest.ts';
import { printOut } from './output.ts';
import type { SharedFlags } from './shared.ts';
import { paintFor } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface RulesFlags extends Pick<SharedFlags, 'color'> {
  readonly id?: string | undefined;
}

/** The catalogue, or the page of one rule. Exit 0. Throws UsageError for an id that no rule has. */
export async function rules(flags: RulesFlags): Promise<number> {
  const paint = paintFor(flags);
  if (flags.id === undefined) {
    await printOut(catalogueText(CATALOGUE, paint));
    return 0;
  }
  const rule = CATALOGUE.find(({ id }) => id === flags.id?.toLowerCase());
  if (rule === undefined) throw unknownRule(flags.id);
  await printOut(ruleText(rule, paint));
  return 0;
}

function unknownRule(id: string): UsageError {
  const near = nearestOf(
    id,
    CATALOGUE.map((rule) => rule.id),
  );
  const meant = near.length === 0 ? 'novatrail rules lists them' : `did you mean ${near.join(', or ')}?`;
  return new UsageError(`there is no rule ${printableName(id)}; ${meant}`);
}
