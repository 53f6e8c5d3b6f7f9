import type { Report } from '../judgement.ts';
import { reportHtml } from './html.ts';
import { reportJson } from './json.ts';
import type { Paint } from './layout.ts';
import { reportText } from './text.ts';

export { comparisonJson, comparisonText } from './comparison.ts';
export { type Paint, plain } from './layout.ts';
export { printable, printableJson, printableName } from './printable.ts';
export { allVerdicts } from './summary.ts';

export type Format = 'text' | 'json' | 'html';

/** Every format of the report. */
export const FORMATS: Readonly<Record<Format, (report: Report, paint?: Paint) => string>> = {
  text: reportText,
  json: reportJson,
  html: reportHtml,
};
