import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, eventsOf, numberOf, originOf } from './timeline.ts';

export const tunnelUnsupportedMix: Rule = {
  id: 'tunnel-unsupported-mix',
  title: 'tunnel with block migration or post-copy',
  why: 'libvirt cannot copy disks beside the memory, nor switch to post-copy, through its tunnel: such a migration fails or is not what it seems.',
  severity: 'warning',
  needs:
    'the effective tunnel setting; whether disks are copied (block_migration, or disk bytes in the progress lines) and post-copy is permitted',
  undecided: 'where nothing declares the tunnel, or neither campaign nor log says whether disks are copied',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ settings, migration, guest }: Case): Finding {
  const { tunnel, post_copy: postCopy } = settings;
  const said = eventsOf(migration, 'tunnel-enabled');
  const tunnelled = said.length > 0 || (tunnel.value === true && tunnel.declared);
  if (!tunnelled) {
    if (tunnel.value === false && tunnel.declared)
      return { status: 'not-applicable', message: `the migration should be direct (${originOf(tunnel)})` };
    return { status: 'inconclusive', message: declareIt('tunnel', settings.profile) };
  }
  const why = said.length > 0 ? 'nova tunnels' : `the migration should be tunnelled (${originOf(tunnel)})`;
  const progress = eventsOf(migration, 'progress');
  const copied = progress.find((line) => numberOf(line, 'disk_total') > 0);
  if (copied || guest?.block_migration) {
    const how = copied ? 'the progress lines show disks being copied' : 'the campaign declares a block migration';
    return { status: 'fail', message: `${why}, and ${how}`, evidence: [...said, ...(copied ? [copied] : [])] };
  }
  if (postCopy.value === true) {
    const message = `${why}, and post-copy is permitted (${originOf(postCopy)})`;
    return { status: 'fail', message, evidence: said };
  }
  if (guest === null && !progress.some((line) => line.fields.disk_total === 0 && numberOf(line, 'memory_total') > 0))
    return {
      status: 'inconclusive',
      message: `${why}; neither campaign nor log says whether disks are copied`,
      evidence: said,
    };
  return { status: 'pass', message: `${why}; no disks are copied, and post-copy is off`, evidence: said };
}
