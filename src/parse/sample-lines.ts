import type { Recognised } from '../model.ts';
import * as grammar from './generated/samples.js';
import { type PegParser, takeAll } from './run-parser.ts';

const parser = grammar as unknown as PegParser;

/** What a line of a file of samples says; null where it is none of those that matter. */
export function sampleLine(text: string): Recognised | null {
  return (takeAll(parser, 'Line', text)?.value as Recognised | undefined) ?? null;
}

/** What a message of libvirtd's log says of QEMU's monitors; null where it says nothing that matters. */
export function monitorMessage(message: string): Recognised | null {
  return (takeAll(parser, 'Monitor', message)?.value as Recognised | undefined) ?? null;
}
