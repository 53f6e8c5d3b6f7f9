import type { Attempted, VimEvent } from '../../certification.ts';
import { printedJson } from './json.ts';
import { type Imported, sortPrinted } from './openstack.ts';
import { printedTables } from './tables.ts';
import { readTranscript } from './transcript.ts';
import { readVimEvents } from './vim-events.ts';

/** What a file that a campaign imports holds. */
export interface ImportedFile {
  readonly imported: Imported;
  readonly vimEvents: readonly VimEvent[];
  readonly attempts: readonly Attempted[];
}

/** Reads one file: what a client printed with `-f json`, or a text with its tables, VIM events and commands. Throws CampaignError. */
export function readImport(text: string, path: string): ImportedFile {
  if (/^\s*[[{]/.test(text)) return { imported: sortPrinted(printedJson(text, path)), vimEvents: [], attempts: [] };
  return {
    imported: sortPrinted(printedTables(text, path)),
    vimEvents: readVimEvents(text, path),
    attempts: readTranscript(text, path).attempts,
  };
}
