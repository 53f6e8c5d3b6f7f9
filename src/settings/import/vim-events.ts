import type { VimEvent } from '../../certification.ts';
import { linesOf, trimmed } from './lines.ts';

const EVENT =
  /\b(700\.15[1-6])\b.*?\bLive-Migrate (?:issued .*?against instance|in ?progress for instance|\S+ for instance|\S+.*? instance) (\S+)/;

/** The VIM's events about live migrations (700.151 issued to 700.156 complete) in any text: fm event-list, a mail, a log. */
export function readVimEvents(text: string, path: string): VimEvent[] {
  return linesOf(text, path).flatMap((each): VimEvent[] => {
    const { text: line } = each;
    const [, id, name] = EVENT.exec(line) ?? [];
    if (id === undefined || name === undefined) return [];
    const reason = /\breason = (.*?)\s*(?:\||$)/.exec(line)?.[1] ?? null;
    return [{ id, at: timeIn(line), name, reason, proof: trimmed(each) }];
  });
}

/** Event lists print UTC, with a `T` or a blank, seldom with a zone. */
function timeIn(line: string): number | null {
  const [, day, time, zone = 'Z'] =
    /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?/.exec(line) ?? [];
  return day === undefined ? null : Date.parse(`${day}T${time}${zone}`);
}
