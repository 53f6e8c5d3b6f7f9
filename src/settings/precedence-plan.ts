import { type KeyName, type KeyPlace, keyOf } from '../nova/keys.ts';

/** Keys of a flavor, an image and an instance's metadata, by place. */
export type Combination = Readonly<Record<KeyPlace, Readonly<Record<string, string>>>>;

/** What one combination is to show. */
export interface Proposed {
  readonly keys: Combination;
  readonly shows: readonly string[];
}

type Value = string | null;
type Assignment = Readonly<Record<KeyPlace, Value>>;

/** A situation in which a rule of precedence shows. */
interface Situation {
  readonly setting: KeyName;
  readonly words: string;
  readonly isIn: (values: Assignment) => boolean;
}

const PLACES: readonly KeyPlace[] = ['flavor', 'image', 'instance'];
/** Values to propose: apart enough to be told from the log, and what nova takes. */
const LEVELS: Readonly<Record<KeyName, readonly Value[]>> = {
  timeout: [null, '0', '150', '200', '300'],
  max_downtime: [null, '200', '300', '400'],
  auto_converge: [null, 'True', 'False'],
  tunnel: [null, 'True', 'False'],
};

/**
 * The fewest combinations found (by taking the one that shows most each time) in which every pair of places differs in every way
 * that matters, but for what the given combinations show already. The settings do not hinder each other, so that one
 * combination tests one situation or more of each.
 */
export function planPrecedence(tested: readonly Combination[]): Proposed[] {
  const bySetting = (Object.keys(LEVELS) as KeyName[]).map((setting) => {
    const given = tested.map((keys) => assignmentOf(keys, setting));
    const open = situationsOf(setting).filter(({ isIn }) => !given.some(isIn));
    return { setting, chosen: cover(open, assignments(LEVELS[setting])) };
  });
  const length = Math.max(0, ...bySetting.map(({ chosen }) => chosen.length));
  return Array.from({ length }, (_, place) => {
    const parts = bySetting.flatMap(({ setting, chosen }) => {
      const each = chosen[place];
      return each === undefined ? [] : [{ setting, ...each }];
    });
    const keysAt = (at: KeyPlace) =>
      Object.fromEntries(
        parts.flatMap(({ setting, values }) => (values[at] === null ? [] : [[keyOf(setting, at), values[at]]])),
      );
    return {
      keys: { flavor: keysAt('flavor'), image: keysAt('image'), instance: keysAt('instance') },
      shows: parts.flatMap(({ shows }) => shows),
    };
  });
}

function assignmentOf(keys: Combination, setting: KeyName): Assignment {
  const at = (place: KeyPlace) => keys[place][keyOf(setting, place)] ?? null;
  return { flavor: at('flavor'), image: at('image'), instance: at('instance') };
}

function situationsOf(setting: KeyName): Situation[] {
  if (setting === 'timeout') return [...orders(setting, PLACES), ...zeros()];
  if (setting === 'max_downtime') return orders(setting, PLACES);
  const against = opposites(setting, 'flavor', 'instance');
  return setting === 'auto_converge' ? [...against, ...opposites(setting, 'image', 'flavor')] : against;
}

const TITLES: Readonly<Record<KeyName, string>> = {
  timeout: 'timeout',
  max_downtime: 'maximum downtime',
  auto_converge: 'auto-converge',
  tunnel: 'tunnel',
};

/** Of each two places, now the one and now the other has the lower value. */
function orders(setting: KeyName, places: readonly KeyPlace[]): Situation[] {
  return places.flatMap((low) =>
    places
      .filter((high) => high !== low)
      .map((high) => ({
        setting,
        words: `${TITLES[setting]}: ${low} lower than ${high}`,
        isIn: (values) => positive(values[low]) && positive(values[high]) && Number(values[low]) < Number(values[high]),
      })),
  );
}

function zeros(): Situation[] {
  return PLACES.flatMap((zero) =>
    PLACES.filter((other) => other !== zero).map((other) => ({
      setting: 'timeout' as const,
      words: `timeout: ${zero} 0, ${other} not`,
      isIn: (values) => values[zero] !== null && Number(values[zero]) === 0 && positive(values[other]),
    })),
  );
}

function opposites(setting: KeyName, one: KeyPlace, other: KeyPlace): Situation[] {
  return ['True', 'False'].map((value) => ({
    setting,
    words: `${TITLES[setting]}: ${one} ${value}, ${other} the opposite`,
    isIn: (values) => values[one] === value && values[other] === (value === 'True' ? 'False' : 'True'),
  }));
}

function positive(value: Value): boolean {
  return value !== null && Number(value) > 0;
}

function assignments(levels: readonly Value[]): Assignment[] {
  return levels.flatMap((flavor) => levels.flatMap((image) => levels.map((instance) => ({ flavor, image, instance }))));
}

function cover(situations: readonly Situation[], candidates: readonly Assignment[]) {
  const chosen: { values: Assignment; shows: string[] }[] = [];
  for (let open = situations; open.length > 0; ) {
    const shown = (values: Assignment) => open.filter(({ isIn }) => isIn(values));
    const values = candidates.reduce((best, each) => (shown(each).length > shown(best).length ? each : best));
    chosen.push({ values, shows: shown(values).map(({ words }) => words) });
    open = open.filter(({ isIn }) => !isIn(values));
  }
  return chosen;
}
