import type { Attempted, SuiteTest, VimEvent } from '../../certification.ts';
import { printedJson } from './json.ts';
import { type Imported, sortPrinted } from './openstack.ts';
import { readSuiteTests } from './suite-log.ts';
import { printedTables } from './tables.ts';
import { readTranscript } from './transcript.ts';
import { readVimEvents } from './vim-events.ts';

/** What a file that a campaign imports holds. */
export interface ImportedFile {
  readonly imported: Imported;
  readonly vimEvents: readonly VimEvent[];
  readonly attempts: readonly Attempted[];
  readonly suiteTests: readonly SuiteTest[];
}

/** Reads one file: what a client printed with `-f json`, or a text with its tables, VIM events, commands and tests. Throws CampaignError. */
export function readImport(text: string, path: string): ImportedFile {
  const suiteTests = readSuiteTests(text, path);
  // A test suite's log begins with a bracket as well.
  if (suiteTests.length === 0 && /^\s*[[{]/.test(text))
    return { imported: sortPrinted(printedJson(text, path)), vimEvents: [], attempts: [], suiteTests };
  return {
    suiteTests,
    imported: sortPrinted(printedTables(text, path)),
    vimEvents: readVimEvents(text, path),
    attempts: readTranscript(text, path).attempts,
  };
}
