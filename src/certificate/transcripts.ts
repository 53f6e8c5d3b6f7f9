import type { Attempted, Transcript } from '../certification.ts';
import type { Finding } from '../judgement.ts';

const KEY = 'hw:wrs:live_migration_timeout';
/** What the fork's nova-api answers (stx-nova, nova/api/openstack/common.py). */
const RANGE = `${KEY} must be 0 or in the range 120 to 800`;
const INTEGER = `${KEY} must be an integer.`;
/** What the plan tries. */
const REFUSED = ['-1', '1', '119', '801'];
const TAKEN = ['0', '120', '150', '800'];

/** Whether a session at the command line shows that a timeout out of range is refused, and with the right words. */
export function judgeTranscript({ path, attempts }: Transcript): Finding {
  const tried = attempts.filter(({ key }) => key === KEY);
  if (tried.length === 0)
    return { status: 'inconclusive', message: `${path}: no command sets ${KEY}, with its answer` };
  const wrong = tried.flatMap((attempt) => {
    const why = complaint(attempt);
    return why === null ? [] : [{ attempt, why }];
  });
  if (wrong.length > 0) {
    const evidence = wrong.flatMap(({ attempt }) => attempt.evidence);
    return { status: 'fail', message: `${path}: ${wrong.map(({ why }) => why).join('; ')}`, evidence };
  }
  const values = new Set(tried.map(({ value }) => value));
  const left = [...REFUSED, ...TAKEN].filter((value) => !values.has(value));
  // What is refused proves most.
  const evidence = tried
    .toSorted((a, b) => Number(isTaken(a.value)) - Number(isTaken(b.value)))
    .flatMap((attempt) => attempt.evidence);
  if (left.length > 0)
    return {
      status: 'inconclusive',
      message: `${path}: what was tried is answered right, but ${left.join(', ')} was not tried`,
      evidence,
    };
  return {
    status: 'pass',
    message: `${path}: each value out of range is refused with the right words, each other one is taken`,
    evidence,
  };
}

function complaint({ value, answer, client }: Attempted): string | null {
  const refused = /\bERROR\b|\bHTTP [45]\d\d\b|must be/.test(answer);
  if (isTaken(value)) return refused ? `${value} is refused: ${answer}` : null;
  const core = /^[+-]?\d+$/.test(value) ? RANGE : INTEGER;
  const expected = client === 'nova' ? `ERROR (BadRequest): ${core} (HTTP 400)` : `${core} (HTTP 400)`;
  if (!refused) return `${value} is not refused`;
  return answer.includes(expected) ? null : `${value} is answered "${answer}", not "${expected}"`;
}

function isTaken(value: string): boolean {
  const number = Number(value);
  return /^[+-]?\d+$/.test(value) && (number === 0 || (number >= 120 && number <= 800));
}
