import type { PageDetail, PageFront, PageRow } from '../report/page-shapes.ts';
import type { PageSource } from './source.ts';

/** What the dashboard answers. It tells of changes by server-sent events; many at once are one. */
export function liveSource(): PageSource {
  return {
    front: async () => (await got('/api/v1/front')) as PageFront,
    rows: async () => (await got('/api/v1/rows')) as readonly PageRow[],
    detail: async (id) => (await got(`/api/v1/migrations/${encodeURIComponent(id)}`)) as PageDetail | null,
    changed: (listener) => {
      const events = new EventSource('/api/v1/events');
      const lost = lostNotice();
      events.addEventListener('error', () => {
        lost.textContent = 'The connection to the dashboard is lost: what is shown may be old.';
      });
      events.addEventListener('open', () => {
        lost.textContent = '';
      });
      let due = 0;
      events.addEventListener('message', () => {
        clearTimeout(due);
        due = setTimeout(listener, SETTLE_MS);
      });
    },
  };
}

const SETTLE_MS = 200;

/** Where it is told that changes are no longer; empty as long as they are. */
function lostNotice(): HTMLElement {
  const notice = document.createElement('p');
  notice.className = 'note';
  notice.setAttribute('role', 'status');
  document.querySelector('header')?.after(notice);
  return notice;
}

/** Null for what is not there. Throws Error with the server's own words. */
async function got(path: string): Promise<unknown> {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
