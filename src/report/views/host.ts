import type { PageFinding, PageFront, PageHost } from '../page-shapes.ts';
import { plural } from '../plural.ts';
import { statusChip } from './chips.ts';
import { findingList } from './findings.ts';
import { sourceRows } from './front.ts';
import { type Html, html } from './html.ts';
import { hostPlace } from './places.ts';
import { countText } from './words.ts';

/** Every host, with what is to be said of its settings, clock and logs. */
export function hostsView({ hosts, findings }: PageFront): Html {
  if (hosts.length === 0) return html`<h1>Hosts</h1><p>No log names a host.</p>`;
  const rows = hosts.map((host) => {
    const own = findingsOf(host, findings);
    return html`<tr><th scope="row"><a href="${hostPlace(host.host)}">${host.host}</a></th><td class="number">${countText(host.sources.length)}</td><td class="number">${countText(host.migrations_from)}</td><td class="number">${countText(host.failing_from)}</td><td class="number">${countText(host.migrations_to)}</td>${SUBJECTS.map(([about]) => html`<td>${summaryChip(own, about)}</td>`)}</tr>`;
  });
  return html`<h1>Hosts</h1>
<div class="scroll" role="region" aria-label="Hosts" tabindex="0"><table><caption class="unseen">Hosts that logs are of, or that migrations came from or went to</caption>
<thead><tr><th scope="col">Host</th><th scope="col" class="number">Logs</th><th scope="col" class="number">Migrations from it</th><th scope="col" class="number">of those failing</th><th scope="col" class="number">Migrations to it</th>${SUBJECTS.map(([, name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** One host: drift of its settings, its clock, gaps in its logs, the logs, and its migrations (`table`). */
export function hostView(host: PageHost, { findings }: PageFront, table: Html): Html {
  const own = findingsOf(host, findings);
  return html`<p class="back"><a href="#/hosts">Hosts</a></p><h1>${host.host}</h1>
<p class="lead">${plural(host.migrations_from, 'migration')} from it, ${host.failing_from} of them with a broken rule; ${plural(host.migrations_to, 'migration')} to it.</p>
${SUBJECTS.map(([about, name, none]) =>
  subject(
    name,
    own.filter((finding) => finding.about === about),
    none,
  ),
)}
${
  host.sources.length === 0
    ? html`<section><h2>Logs</h2><p class="quiet">No log of it was read: it is known from the lines of others.</p></section>`
    : html`<section><h2 id="host-logs">Logs</h2>${sourceRows(host.sources, 'host-logs')}</section>`
}
<section aria-labelledby="host-migrations"><h2 id="host-migrations">Its migrations</h2>${table}</section>`;
}

const SUBJECTS: readonly (readonly [PageFinding['about'], string, string])[] = [
  [
    'settings',
    'Drift',
    'Nothing is to be said of its settings: no option dump in its log, or nothing declared to compare it with.',
  ],
  [
    'clock',
    'Clock',
    'Nothing is to be said of its clock: no instance was handed over between two hosts whose logs were read.',
  ],
  ['log', 'Gaps', 'No file of its logs is missing or cut off, as far as can be seen.'],
];

function findingsOf({ findings: places }: PageHost, findings: readonly PageFinding[]): PageFinding[] {
  return places.flatMap((place) => findings[place] ?? []);
}

function subject(name: string, findings: readonly PageFinding[], none: string): Html {
  return html`<section><h2>${name}</h2>${findings.length === 0 ? html`<p class="quiet">${none}</p>` : findingList(findings)}</section>`;
}

/** The gravest of what is said. */
function summaryChip(findings: readonly PageFinding[], about: PageFinding['about']): Html | null {
  const own = findings.filter((finding) => finding.about === about);
  const worst = own.toSorted((a, b) => GRAVITY.indexOf(gravityOf(a)) - GRAVITY.indexOf(gravityOf(b)))[0];
  return worst === undefined ? null : statusChip(worst.status, worst.waived);
}

const GRAVITY = ['fail', 'waived', 'inconclusive', 'pass', 'not-applicable'] as const;

function gravityOf({ status, waived }: PageFinding): (typeof GRAVITY)[number] {
  return status === 'fail' && waived !== null ? 'waived' : status;
}
