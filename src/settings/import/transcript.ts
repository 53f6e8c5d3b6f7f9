import type { Attempted, Transcript } from '../../certification.ts';
import type { Proof } from '../../judgement.ts';
import { linesOf } from './lines.ts';

/**
 * What was typed at a command line and what the client answered, of commands that set a key of a flavor or of metadata
 * (`nova flavor-key X set K=V`, `openstack flavor set --property K=V X`, `nova meta`, `openstack server set`).
 */
export function readTranscript(text: string, path: string): Transcript {
  const lines = linesOf(text, path);
  const commands = lines.flatMap((line, index) => (commandIn(line.text) === null ? [] : [index]));
  const attempts = commands.flatMap((index, place) => {
    const until = lines.findIndex(({ text: each }, at) => at > index && PROMPT.test(each));
    const end = Math.min(commands[place + 1] ?? lines.length, until < 0 ? lines.length : until);
    return attemptsOf(lines.slice(index, end));
  });
  return { path, attempts };
}

/** `$ `, `# ` or `[user@host ~(keystone)]$ ` before a command. */
const PROMPT = /^\s*(?:\S.{0,120}?)?[$#]\s+\S/;
const COMMAND =
  /\b(?:(nova)\b.*?\b(?:flavor-key\s+\S+\s+set|meta\s+\S+\s+set|boot\b)|(openstack)\b.*?\b(?:flavor|server)\s+(?:set|create)\b)(.*)$/;

function commandIn(text: string): RegExpExecArray | null {
  return COMMAND.exec(text);
}

function attemptsOf([command, ...answer]: readonly Proof[]): Attempted[] {
  const [, nova, , rest = ''] = command === undefined ? [] : (commandIn(command.text) ?? []);
  // A command that is typed over several lines ends each but the last with a backslash.
  const more = answer.findIndex(
    (_, index) => !(index === 0 ? (command?.text ?? '') : (answer[index - 1]?.text ?? '')).endsWith('\\'),
  );
  const typed = [rest, ...answer.slice(0, Math.max(0, more)).map(({ text }) => text)].join(' ');
  const said = answer.slice(Math.max(0, more)).filter(({ text }) => text.trim() !== '');
  const pairs = [...typed.matchAll(/["']?(hw[:_][\w:]*live_migration_\w+)["']?=["']?([^\s"'\\]*)/g)];
  return pairs.map(([, key = '', value = '']) => ({
    key,
    value,
    client: nova === undefined ? 'openstack' : 'nova',
    answer: said
      .map(({ text }) => text.trim())
      .join(' ')
      .replace(/\s+/g, ' '),
    evidence: [command as Proof, ...said.slice(0, 4)],
  }));
}
