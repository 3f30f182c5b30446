import { batchesOf, countsOf, registerUsers, sendBatches, type Sent, type Target } from './activity-sender.ts';
import { eventually } from './eventually.ts';
import type { LogProxy } from './log-proxy.ts';
import type { TopicTail } from './topic-tail.ts';

export interface FaultyIngestion {
  readonly target: Target;
  readonly environment: string;
  /** Stands before the log of whatever answers at `target`. */
  readonly proxy: LogProxy;
  /** Reads the topic past the proxy. */
  readonly tail: TopicTail;
  /** Resolves when the views show all that the topic holds at the moment of the call. */
  caughtUp(): Promise<void>;
  readonly activities: number;
  readonly faults: number;
}

/** What became of the activities; all but `requests`, `stored` and `faults` should be one figure. */
export interface FaultReport {
  readonly sent: number;
  readonly requests: number;
  readonly acknowledged: number;
  /** Different ones. */
  readonly onTopic: number;
  /** Records, those that were stored twice counted twice. */
  readonly stored: number;
  readonly counted: number;
  /** Users whose count is not the number of activities that they were sent. */
  readonly miscounted: number;
  readonly faults: Record<string, number>;
}

const USERS = 50;
const CLIENTS = 32;
const SIZES = [1, 40, 5, 25, 10];

/** Numbered activities from many clients at once, who send again what was not acknowledged, while the log fails them. */
export async function ingestThroughFaults(story: FaultyIngestion): Promise<FaultReport> {
  const { target, activities, environment } = story;
  await registerUsers(target, USERS);
  const items = Array.from({ length: activities }, (_, n) => numbered(n));
  const faults: Record<string, number> = {};
  let acknowledged = 0;
  const sending = sendBatches(target, batchesOf(items, SIZES), CLIENTS, (sum) => (acknowledged = sum.acknowledged));
  const [sent] = await Promise.all([sending, injectFaults(story, () => acknowledged, faults)]);
  const records = await stored(story);
  const expected = Array.from({ length: USERS }, (_, user) => items.filter(({ userId }) => userId === user + 1).length);
  await story.caughtUp();
  const counts = await countsOf(target, USERS);
  return {
    sent: activities,
    requests: sent.requests,
    acknowledged: sent.acknowledged,
    onTopic: new Set(records).size,
    stored: records.length,
    counted: sum(counts),
    miscounted: counts.filter((count, user) => count !== expected[user]).length,
    faults,
  };

  async function stored({ tail }: FaultyIngestion): Promise<string[]> {
    await tail.upToNow();
    const users = Array.from({ length: USERS }, (_, user) => tail.recordsOf(`${environment}/${user + 1}`));
    return users.flat().map(({ value }) => (JSON.parse(value.toString()) as { id: string }).id);
  }
}

const numbered = (n: number): Sent => ({ id: `n${n}`, userId: (n % USERS) + 1, type: 'numbered', data: { n } });
const sum = (numbers: readonly number[]) => numbers.reduce((total, next) => total + next, 0);

/** One fault after the other, each once more has been acknowledged, and each until it has been felt. */
async function injectFaults(
  { proxy, activities, faults }: FaultyIngestion,
  acknowledged: () => number,
  counts: Record<string, number>,
): Promise<void> {
  const kinds = Object.entries(KINDS);
  for (let fault = 0; fault < faults; fault += 1) {
    const [kind, inject] = kinds[fault % kinds.length]!;
    await reached(acknowledged, ((fault + 1) * activities) / (faults + 2));
    await inject(proxy, () => reached(acknowledged, acknowledged() + 1));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
}

type Fault = (proxy: LogProxy, progress: () => Promise<void>) => Promise<void>;

const KINDS: Record<string, Fault> = {
  'lost answer': async (proxy) => {
    const { dropped } = proxy;
    proxy.dropProduceAnswers(1);
    await felt(() => proxy.dropped > dropped);
  },
  delay: async (proxy, progress) => {
    proxy.delayAnswers(200);
    await progress();
    proxy.delayAnswers(0);
  },
  cut: async (proxy) => {
    const { refused } = proxy;
    proxy.cut();
    await felt(() => proxy.refused > refused + 2);
    proxy.restore();
  },
  'full disk': async (proxy) => {
    const { unstored } = proxy;
    proxy.fillDisk(true);
    await felt(() => proxy.unstored > unstored + 2);
    proxy.fillDisk(false);
  },
};

function felt(isFelt: () => boolean): Promise<void> {
  return eventually(() => {
    if (!isFelt()) throw new Error('a fault was not felt');
  });
}

function reached(acknowledged: () => number, mark: number): Promise<void> {
  return eventually(() => {
    if (acknowledged() < mark) throw new Error(`${acknowledged()} were acknowledged, and no ${mark}`);
  });
}
