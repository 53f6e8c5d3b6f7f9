/** Text from logs for a terminal: colours are taken out, and control bytes, which command it, become a dot. */
export function printable(text: string): string {
  return text
    .replace(/\x1b\[[0-9;]*m/g, '')
    .replace(/\t/g, ' ')
    .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '\u00b7');
}

/** A name (a path, a host, an id) for a terminal: as `printable`, on one line, so that it cannot pass for lines of ours. */
export function printableName(name: string): string {
  return printable(name).replaceAll('\n', '\u00b7');
}

/** JSON for a terminal: the control characters that JSON leaves as they are, escaped. It means the same. */
export function printableJson(json: string): string {
  return json.replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
