import type { Measured } from './measure.ts';
import type { Program } from './programs.ts';
import type { Result } from './scenarios.ts';

/** The results as Markdown: a table a scenario, with ratios to what each is measured against. */
export function resultsText(results: readonly Result[], programs: readonly Program[]): string {
  const versions = programs.map(({ name, version }) => `${name} ${version}`);
  const head = versions.length > 0 ? `Programs: ${versions.join('; ')}.\n\n` : '';
  return head + results.map(section).join('\n');
}

function section({ title, about, base, measured }: Result): string {
  const against = measured.find(({ name }) => name === base)?.seconds;
  const rows = measured.map((each) => row(each, against));
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| program | median s | ratio | peak MiB | runs |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function row({ name, seconds, rss, runs }: Measured, against: number | undefined): string {
  const ratio = against === undefined ? '' : (seconds / against).toFixed(2);
  const memory = rss === null ? '' : (rss / 1048576).toFixed(0);
  return `| ${name.replaceAll('|', '\\|')} | ${seconds.toFixed(3)} | ${ratio} | ${memory} | ${runs} |`;
}
