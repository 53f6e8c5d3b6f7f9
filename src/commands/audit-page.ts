import { deflateRawSync } from 'node:zlib';
import type { JudgedMigration, Report } from '../judgement.ts';
import { DETAILS_A_PART, detailsJson, pageHtml, rowsJson } from '../report/html.ts';
import { detailOf, frontOf, type PageDetail, rowOf } from '../report/index.ts';
import { whatIf } from '../statistics/what-if.ts';
import type { Audited } from './audit-report.ts';

/** The report as one page. `found`: as it was found; `told`: as it is to be told, with what makes a part of `found` such. */
export function auditPage(
  audits: readonly Audited[],
  found: Report,
  told: { report: Report; through: <Value>(value: Value) => Value },
): string {
  const details: string[] = [];
  const parts = new Map<string, number>();
  let part: PageDetail[] = [];
  const close = () => {
    if (part.length > 0) details.push(packed(detailsJson(part)));
    part = [];
  };
  for (const detail of detailsOf(audits, found.migrations)) {
    part.push(told.through(detail));
    parts.set(part.at(-1)?.id ?? '', details.length);
    if (part.length === DETAILS_A_PART) close();
  }
  close();
  const rows = told.report.migrations.map(rowOf);
  return pageHtml(frontOf(told.report), rows, { rows: packed(rowsJson(rows, parts)), details });
}

/** Each migration of the report once, made and forgotten one by one: with all their lines they would not fit into memory. */
function* detailsOf(audits: readonly Audited[], migrations: readonly JudgedMigration[]): Generator<PageDetail> {
  const left = new Map(migrations.map((judged) => [judged.migration.id, judged]));
  for (const { cases } of audits) {
    for (const subject of cases()) {
      const judged = left.get(subject.migration.id);
      left.delete(subject.migration.id);
      if (judged !== undefined)
        yield detailOf({ subject, verdicts: judged.verdicts, whatIf: whatIf(subject) }, judged.cut);
    }
  }
}

function packed(text: string): string {
  return deflateRawSync(text, { level: 9 }).toString('base64');
}
