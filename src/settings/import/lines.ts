import type { Proof } from '../../judgement.ts';

/** The lines of a text, without their line ends, each with its place in the file. */
export function linesOf(text: string, path: string): Proof[] {
  const encoder = new TextEncoder();
  let offset = 0;
  return text.split('\n').map((line, index) => {
    const proof = { ref: { path, line: index + 1, offset }, text: line.replace(/\r$/, '') };
    offset += encoder.encode(line).length + 1;
    return proof;
  });
}

/** The same line without the blanks around it. */
export function trimmed({ ref, text }: Proof): Proof {
  return { ref, text: text.trim() };
}
