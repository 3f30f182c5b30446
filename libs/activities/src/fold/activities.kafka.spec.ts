import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaEventLog } from '#event-log';
import { type EventLog } from '#event-sourcing';
import { activity, freshNamespace, logger, NOON, Views } from '../../test/views.js';
import { type ActivityFollower, type Move } from './activities.fold.js';

const RECORDS = 3_000;
let log: EventLog;
let views: Views;

beforeAll(() => {
  const namespace = freshNamespace();
  log = kafkaEventLog({ brokers: process.env.KAFKA_BROKERS!.split(','), clientId: namespace.name, logger });
  views = new Views(process.env.DATABASE_URL!, log, namespace);
});

afterAll(async () => {
  await log.close();
  await views.postgres.close();
});

/** Resolves when the views of all partitions together have moved by so many records. */
function moved(records: number): { follower: ActivityFollower; done: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = records;
  const follow = async (_partition: number, { from, to }: Move) => {
    left -= to - from;
    if (left <= 0) resolve();
  };
  return { follower: { follow }, done: promise };
}

describe('activities on Kafka', () => {
  it('are rebuilt from the log, equal row by row, after a run that was interrupted', async () => {
    const records = Array.from({ length: RECORDS }, (_, n) =>
      activity({
        id: `a${n % 2500}`,
        user: 1 + (n % 50),
        type: `t${n % 3}`,
        workspace: n % 4 || undefined,
        at: NOON - n,
      }),
    );
    const firstHalf = moved(RECORDS / 2);
    const first = await views.project(firstHalf.follower);
    await log.append(views.topic, records.slice(0, RECORDS / 2));
    await firstHalf.done;
    await first.stop();
    await log.append(views.topic, records.slice(RECORDS / 2));
    const secondHalf = moved(RECORDS / 2);
    const second = await views.project(secondHalf.follower);
    await secondHalf.done;
    const live = await views.snapshot();
    await second.stop();

    await views.drop();
    const again = moved(RECORDS);
    await views.project(again.follower);
    await again.done;
    expect(await views.snapshot()).toEqual(live);
    expect(await views.count('activities')).toBe(2500);
  });
});
