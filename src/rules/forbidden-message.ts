import type { Case, Finding, Rule } from '../judgement.ts';
import { BOTH_LOGS } from './collect.ts';

export const forbiddenMessage: Rule = {
  id: 'forbidden-message',
  title: 'forbidden message',
  why: 'a call that nova could not answer ("Exception during message handling", "processing ERROR") must not happen while an instance moves.',
  severity: 'error',
  needs: 'the logs of both hosts from 30 s before the start to 60 s after the end',
  undecided: "where a host's log does not cover the whole migration, or holds no INFO record",
  collect: BOTH_LOGS,
  check,
};

function check({ migration, coverage, destination, incidents }: Case): Finding {
  const [first] = incidents;
  if (first !== undefined) {
    const more = incidents.length > 1 ? ` and ${incidents.length - 1} more` : '';
    const message = `"${first.fields.said}" on ${first.host ?? 'its host'}${more} while it ran`;
    return { status: 'fail', message, evidence: incidents };
  }
  const oneHost = migration.destinationHost !== null && migration.destinationHost === migration.sourceHost;
  const missing = [
    ...(coverage.complete && coverage.info ? [] : ["the source's log does not cover it at INFO"]),
    ...(oneHost || (destination?.complete && destination.info)
      ? []
      : [
          destination === null
            ? "the destination's log was not read"
            : "the destination's log does not cover it at INFO",
        ]),
  ];
  if (missing.length === 0) return { status: 'pass', message: 'neither host logged one while it ran' };
  return { status: 'inconclusive', message: `none was seen, but ${missing.join(', and ')}` };
}
