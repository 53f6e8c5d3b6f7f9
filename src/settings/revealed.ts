import type { KnownSetting, Migration, Setting, Settings } from '../model.ts';

/** Where nothing declares a setting, what the migration's own lines say of it stands in for the assumed default. */
export function revealed(settings: Settings, migration: Migration): Settings {
  const first = (type: string, field: string) => {
    const value = migration.timeline.find((event) => event.type === type)?.fields[field];
    return typeof value === 'number' ? value : null;
  };
  const schedule = migration.timeline.find((event) => event.type === 'downtime-schedule')?.fields.steps;
  const last = Array.isArray(schedule) ? (schedule.at(-1)?.[1] ?? null) : null;
  const says = (type: string) => migration.timeline.some((event) => event.type === type);
  return {
    ...settings,
    timeout_s: reveal(settings.timeout_s, first('timeout', 'timeout_s')),
    max_downtime_ms: reveal(settings.max_downtime_ms, settings.max_downtime_ms.value === last ? null : last),
    tunnel: reveal(settings.tunnel, says('tunnel-enabled') ? true : null),
    auto_converge: reveal(settings.auto_converge, says('auto-converge-disabled') ? false : null),
  };
}

function reveal<In extends Setting<unknown>, Value>(setting: In, seen: Value | null): In | KnownSetting<Value> {
  if (setting.declared || seen === null || setting.value === seen) return setting;
  const before: Setting<unknown> = setting;
  const lost = { key: '', value: String(before.value), lost: 'the log shows another value' };
  const candidates =
    before.origin === null ? before.candidates : [...before.candidates, { ...lost, origin: before.origin }];
  return { value: seen, origin: 'log', declared: false, candidates, why: 'nothing declares it; the log shows it' };
}
