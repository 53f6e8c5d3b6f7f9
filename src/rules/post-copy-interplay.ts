import type { Case, Finding, Rule } from '../judgement.ts';
import type { KnownSetting } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { postCopyLines } from './running-span.ts';
import { declareIt, originOf } from './timeline.ts';

export const postCopyInterplay: Rule = {
  id: 'post-copy-interplay',
  title: 'post-copy where auto-converge is tested',
  why: 'nova throttles only where post-copy is not permitted, and a migration that goes on in post-copy shows nothing of auto-converge.',
  severity: 'error',
  needs:
    'the lines "Switching to post-copy migration mode", "VM Postcopy started (Lifecycle Event)", and what nova says of auto-converge as it starts; whether post-copy is permitted',
  undecided: 'where nothing declares whether post-copy is permitted, or the log does not cover the whole migration',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check(subject: Case): Finding {
  const { settings, migration, coverage } = subject;
  const setting = settings.post_copy;
  const notice = noticeOf(subject);
  if (notice) return notice;
  const lines = postCopyLines(migration);
  if (setting.value === true)
    return { status: 'not-applicable', message: `post-copy is permitted (${originOf(setting)})`, evidence: lines };
  const expected = `post-copy should be off (${originOf(setting)})`;
  if (lines.length > 0) {
    const message = `${expected}, but the migration went on in post-copy`;
    if (isStated(setting)) return { status: 'fail', message, evidence: lines };
    return { status: 'inconclusive', message: `${message}; ${declareIt('setting', 'upstream')}`, evidence: lines };
  }
  if (!coverage.info) return { status: 'inconclusive', message: `${expected}, but the log holds no INFO record` };
  if (!coverage.complete)
    return { status: 'inconclusive', message: `${expected}, but the log does not cover the whole migration` };
  return { status: 'pass', message: `${expected}, and no line shows it` };
}

/** A profile's default is no intention: whoever uses post-copy has permitted it in a nova.conf that the campaign leaves out. */
function isStated({ declared, origin }: KnownSetting<boolean>): boolean {
  return declared && origin !== 'default';
}

/** What nova said as it started counts for as long as that process runs. */
function noticeOf({ settings, notices }: Case): Finding | null {
  const { auto_converge: converge, post_copy: postCopy, profile } = settings;
  const said = notices.at(-1);
  if (said === undefined) return null;
  const says = 'nova said as it started that post-copy is available, so auto-converge will not be in use';
  if (postCopy.value === false && isStated(postCopy))
    return {
      status: 'fail',
      message: `post-copy should be off (${originOf(postCopy)}), but ${says}`,
      evidence: [said],
    };
  if (converge.value !== true || !converge.declared) return null;
  const message = `auto-converge should be on (${originOf(converge)}), but ${says}`;
  const byKey = converge.origin === 'instance' || converge.origin === 'flavor';
  if (profile === 'stx-2018' && byKey)
    return {
      status: 'inconclusive',
      message: `${message}; the fork sets both where a key of the instance asks for it`,
      evidence: [said],
    };
  return { status: 'fail', message, evidence: [said] };
}
