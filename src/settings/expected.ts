import type { PlannedTest } from '../certification.ts';
import type { Setting, Settings } from '../model.ts';

/** The settings, but for what a test of the campaign states that it expects. */
export function asExpected(settings: Settings, tests: readonly PlannedTest[]): Settings {
  const said = <Key extends 'timeout_s' | 'max_downtime_ms' | 'auto_converge' | 'tunnel'>(key: Key): Settings[Key] => {
    const test = tests.find(({ expect }) => expect[key] !== null);
    return test === undefined ? settings[key] : (expected(settings[key], test.expect[key], test.id) as Settings[Key]);
  };
  return {
    ...settings,
    timeout_s: said('timeout_s'),
    max_downtime_ms: said('max_downtime_ms'),
    auto_converge: said('auto_converge'),
    tunnel: said('tunnel'),
  };
}

function expected<Value>(setting: Setting<unknown>, value: Value, test: string): Setting<Value> {
  const why = `the test ${test} expects it`;
  const { origin, candidates } = setting;
  const lost = candidates.map((each) => ({ ...each, lost: each.lost ?? why }));
  const before = origin === null || candidates.some((each) => each.origin === origin);
  const inForce = before ? [] : [{ origin, key: 'settings', value: String(setting.value), lost: why }];
  return { value, origin: 'expect', declared: true, candidates: [...lost, ...inForce], why };
}
