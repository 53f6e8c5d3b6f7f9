import { spawn } from 'node:child_process';

/** What systemd wants to hear of a service of Type=notify. */
export interface Notifier {
  readonly ready: () => void;
  readonly stopping: () => void;
  /** How often (ms) `alive` must be said; null where nobody asks for it. */
  readonly watchdog_ms: number | null;
  readonly alive: () => void;
}

/**
 * Tells systemd through its own program, where it asks to be told (NOTIFY_SOCKET); the unit must say NotifyAccess=all.
 * `failed` is called where that does not work.
 */
export function notifier(environment: NodeJS.ProcessEnv, failed: (error: Error) => void): Notifier {
  const send = (word: string) => {
    if (!environment.NOTIFY_SOCKET) return;
    const child = spawn('systemd-notify', [word], { stdio: 'ignore', timeout: 5000, env: environment });
    child.on('error', failed);
    child.unref();
  };
  const limit_us = environment.NOTIFY_SOCKET ? Number(environment.WATCHDOG_USEC) : Number.NaN;
  return {
    ready: () => send('READY=1'),
    stopping: () => send('STOPPING=1'),
    watchdog_ms: limit_us > 0 ? limit_us / 2000 : null,
    alive: () => send('WATCHDOG=1'),
  };
}
