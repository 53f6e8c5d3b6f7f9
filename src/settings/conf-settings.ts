import type { KnownSetting, Settings, UnknownSetting } from '../model.ts';
import type { ConfValue, NovaConf } from './nova-conf.ts';

/** The settings in force, but for the profile that they are chosen under. */
export type Chosen = Omit<Settings, 'profile' | 'profileDeclared'>;

/** The settings that no flavor, image or instance changes. */
export function confSettings(conf: NovaConf) {
  return {
    post_copy: fromConf(conf.post_copy),
    timeout_action: fromConf(conf.timeout_action),
    progress_timeout_s: fromConf(conf.progress_timeout),
    downtime_steps: fromConf(conf.downtime_steps),
    downtime_delay_s: fromConf(conf.downtime_delay),
    completion_timeout_s: fromConf(conf.timeout),
  };
}

/** A value of nova.conf as a setting. */
export function fromConf<Value>(conf: ConfValue<Value>): KnownSetting<Value> {
  const { value, origin, declared, key, below } = conf;
  if (below !== undefined) {
    const why = `nova.conf (${key}) says ${below}, but nova takes at least ${value}`;
    return { value, origin, declared, candidates: [{ origin, key, value: String(below), lost: why }], why };
  }
  const why = declared ? `nova.conf (${key})` : 'the default; nothing declares it';
  return { value, origin, declared, candidates: [], why };
}

/** A setting of which nothing is known. */
export function none(why: string): UnknownSetting {
  return { value: null, origin: null, declared: false, candidates: [], why };
}
