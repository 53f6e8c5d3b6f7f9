import type { FileFacts, Finding, FleetRule } from '../judgement.ts';
import { span } from './clocks.ts';

export const clockBackwards: FleetRule = {
  id: 'clock-backwards',
  title: 'time goes back',
  why: 'a clock that is set back, or the hour that the end of summer time repeats, makes times before and after incomparable.',
  severity: 'warning',
  needs: 'the times of neighbouring lines of one file',
  undecided: 'where no line of the file has a time',
  collect: 'the log with its times; the zone of the host (tz:), and its clock kept by NTP while tests run',
  check: ({ files }) => files.map(goesBack),
};

function goesBack({ path, events, timedEvents, stepsBack }: FileFacts): Finding {
  if (events === 0) return { status: 'not-applicable', message: `${path}: no line about a live migration` };
  if (timedEvents === 0) return { status: 'inconclusive', message: `${path}: no line has a time` };
  const [first] = stepsBack;
  if (first === undefined) return { status: 'pass', message: `${path}: time never goes back by more than 1 s` };
  const [before, after] = first;
  const by = span(before.at - after.at);
  const again = stepsBack.length > 1 ? ', and again after that' : '';
  const message = `${path}: time goes back by ${by} from line ${before.ref.line} to line ${after.ref.line}${again}`;
  return { status: 'fail', message, evidence: stepsBack.flat() };
}
