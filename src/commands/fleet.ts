import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connectTo } from '../fleet/broker.ts';
import { consumerDifferences, mendConsumer } from '../fleet/consumers.ts';
import { changeStream, described, differences, makeStream, type StreamWish, streamAt } from '../fleet/stream.ts';
import { STREAM } from '../fleet/subject.ts';
import { InputError } from '../tail/bytes.ts';
import { durationOf } from './durations.ts';
import { brokerOf, type NatsFlags } from './nats-flags.ts';
import { UsageError } from './usage-error.ts';

export interface FleetFlags extends NatsFlags {
  readonly what: 'init';
  readonly replicas: number;
  readonly maxAge: string;
  readonly maxGib: number;
  readonly duplicateWindow: string;
  readonly dryRun?: boolean | undefined;
  readonly shrink?: boolean | undefined;
}

const GIBIBYTE = 1024 ** 3;

/** Makes the stream of a fleet, or checks it and its consumers, and says what it changes. Exit 0; 2; 3 where it is not as wanted. */
export async function fleet(flags: FleetFlags): Promise<number> {
  const wish = wishOf(flags);
  const connection = await connectTo(brokerOf(flags), { name: 'novatrail fleet init' });
  try {
    const manager = await jetstreamManager(connection);
    const right = await checkStream(manager, wish, flags);
    return (await checkConsumers(manager, flags)) && right ? 0 : 3;
  } catch (error) {
    throw new InputError(`the broker refuses: ${(error as Error).message}`, { cause: error });
  } finally {
    await connection.close();
  }
}

function wishOf({ replicas, maxAge, maxGib, duplicateWindow }: FleetFlags): StreamWish {
  if (![1, 2, 3, 4, 5].includes(replicas))
    throw new UsageError(`--replicas ${replicas}: write 1 to 5; 3 outlive a server`);
  if (!(maxGib > 0)) throw new UsageError(`--max-gib ${maxGib}: write GiB, more than 0`);
  const maxAge_ms = durationOf(maxAge, '--max-age');
  const duplicateWindow_ms = durationOf(duplicateWindow, '--duplicate-window');
  if (duplicateWindow_ms > maxAge_ms)
    throw new UsageError(`--duplicate-window ${duplicateWindow}: is longer than --max-age ${maxAge}`);
  return { replicas, maxAge_ms, maxBytes: Math.round(maxGib * GIBIBYTE), duplicateWindow_ms };
}

/** True where the stream is now as wanted. */
async function checkStream(
  manager: JetStreamManager,
  wish: StreamWish,
  { dryRun, shrink }: FleetFlags,
): Promise<boolean> {
  const config = await streamAt(manager);
  if (config === null) {
    if (!dryRun) await makeStream(manager, wish);
    say(dryRun ? `would make the stream ${STREAM}` : `made the stream ${STREAM}`, described(wish));
    return !dryRun;
  }
  const found = differences(config, wish);
  if (found.length === 0) {
    say(`the stream ${STREAM} is as wanted`, described(wish));
    return true;
  }
  const refused = found.filter(({ shrinks, fixed }) => fixed || (shrinks && !shrink));
  const lines = found.map(({ name, is, wanted, shrinks, fixed }) => {
    const why = fixed
      ? ' (cannot be changed: make the stream anew)'
      : shrinks && !shrink
        ? ' (makes it smaller: give --shrink)'
        : '';
    return `${name}: ${is}, wanted ${wanted}${why}`;
  });
  if (dryRun || refused.length > 0) {
    say(dryRun ? `would change the stream ${STREAM}` : `the stream ${STREAM} is left as it is`, lines);
    return false;
  }
  await changeStream(manager, wish);
  say(`changed the stream ${STREAM}`, lines);
  return true;
}

/** Collectors make their consumers themselves; here they are shown, and mended where somebody changed them. */
async function checkConsumers(manager: JetStreamManager, { dryRun }: FleetFlags): Promise<boolean> {
  if ((await streamAt(manager)) === null) return true;
  let right = true;
  for await (const info of manager.consumers.list(STREAM)) {
    if (!info.name.startsWith('collect_')) continue;
    const wrong = consumerDifferences(info);
    const waiting = `${info.num_pending + info.num_ack_pending} messages wait for it`;
    say(`consumer ${info.name}: ${waiting}`, wrong);
    if (wrong.length === 0) continue;
    if (dryRun) right = false;
    else await mendConsumer(manager, info.name);
  }
  return right;
}

function say(what: string, lines: readonly string[]): void {
  process.stdout.write([what, ...lines.map((line) => `  ${line}`), ''].join('\n'));
}
