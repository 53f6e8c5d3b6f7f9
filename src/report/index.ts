import type { Report } from '../judgement.ts';
import { reportJsonParts } from './json.ts';
import { reportJunit } from './junit.ts';
import type { Paint } from './layout.ts';
import { reportMarkdown } from './markdown.ts';
import { reportText } from './text.ts';

export { announcementJson, announcementText } from './announcement.ts';
export { anonymiser, type PrivateNames } from './anonymise.ts';
export { catalogueText, ruleText } from './catalogue.ts';
export { comparisonJson, comparisonText } from './comparison.ts';
export { explainText } from './explain.ts';
export { explainJson } from './explain-json.ts';
export { type Paint, plain } from './layout.ts';
export { type InForce, type Linted, lintJson, lintText, type Remark } from './lint.ts';
export { type LiveRow, liveLines, liveRow, type Size } from './live-view.ts';
export { frontOf, rowOf } from './page-data.ts';
export { detailOf } from './page-detail.ts';
export type { PageDetail, PageFront, PageRow } from './page-shapes.ts';
export { printable, printableJson, printableName } from './printable.ts';
export { allVerdicts } from './summary.ts';
export { tableLines } from './table.ts';
export { elapsed } from './time.ts';
export { reportJsonParts };

/** `html` is not among them: it needs the details of every migration (html.ts). */
export type Format = 'text' | 'json' | 'junit' | 'markdown';

/** Every format that the report alone is enough for, in parts: of many migrations the whole is larger than is good to hold. */
export const FORMATS: Readonly<Record<Format, (report: Report, paint?: Paint) => Iterable<string>>> = {
  text: (report, paint) => [reportText(report, paint)],
  json: reportJsonParts,
  junit: (report) => [reportJunit(report)],
  markdown: (report) => [reportMarkdown(report)],
};
