import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Notifications, Postgres, type Queryable } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { messagesIn } from '../../test/events.js';
import { followAt } from '../../test/reader.js';
import { openView, type View } from '../../test/view.js';
import { StreamHub } from './stream-hub.js';

/** Postgres, with reads of the hub that take as long as a spec wants. */
class SlowPostgres extends Postgres {
  readonly started: number[] = [];
  /** Happens once checkpoints have been read, before whoever reads them has them. */
  meanwhile: (() => Promise<void>) | undefined;
  private readonly held = new Map<number, Promise<void>>();
  override readonly prepared: Queryable = { query: (text, values) => this.query(text, values) };

  /** Reads of the partition wait until the returned function is called. */
  hold(partition: number): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held.set(partition, promise);
    return () => {
      this.held.delete(partition);
      resolve();
    };
  }

  override async query<Row extends object>(text: string, values?: unknown[]) {
    const partition = text.includes('unnest($5') ? Number(values?.[0]) : NaN;
    const answer = await super.query<Row>(text, values);
    if (text.includes('_checkpoints')) await this.meanwhile?.();
    if (!Number.isNaN(partition)) this.started.push(partition);
    await this.held.get(partition);
    return answer;
  }
}

describe('a hub that is slower than the commits', () => {
  const environment = 'acme';
  const logger = createLogger('spec', 'silent');
  let view: View;
  let postgres: SlowPostgres;
  let slow: StreamHub;
  let ahead: StreamHub;
  let reading: () => Promise<unknown>;

  const partitionOf = (userId: number) => ahead.partitionsOf({ environment, userId }).first;
  const userOn = (wanted: (partition: number) => boolean, from = 2) => {
    let user = from;
    while (!wanted(partitionOf(user))) user += 1;
    return user;
  };
  const followSlow = (userId?: number, after?: string) => followAt(slow, view, { environment, userId }, { after });
  const followAhead = (userId?: number, after?: string) => followAt(ahead, view, { environment, userId }, { after });
  const caughtUp = (partition: number) =>
    eventually(async () => {
      const checkpoint = (await slow.look()).get(partition);
      expect(slow.deliveredPositions({ first: partition, count: 1 })).toEqual([checkpoint]);
    });

  beforeAll(async () => {
    view = await openView(process.env.DATABASE_URL!);
    postgres = new SlowPostgres(process.env.DATABASE_URL!, view.namespace);
    slow = new StreamHub(postgres, view.notifications, view.namespace, logger);
    ahead = new StreamHub(view.postgres, view.notifications, view.namespace, logger);
    await Promise.all([slow.ready(), ahead.ready()]);
    reading = () => {
      const before = postgres.started.length;
      return eventually(() => expect(postgres.started.length).toBeGreaterThan(before));
    };
  });

  afterAll(async () => {
    slow.beforeApplicationShutdown();
    ahead.beforeApplicationShutdown();
    await postgres.close();
    await view.close();
  });

  it('shows what is committed while it begins to listen', async () => {
    const partition = partitionOf(1);
    const notifications = new Notifications(view.url, () => undefined);
    const starting = new StreamHub(postgres, notifications, view.namespace, logger);
    postgres.meanwhile = () => {
      postgres.meanwhile = undefined;
      return view.send(environment, 1, { id: 'as it begins' });
    };
    await starting.ready();
    await eventually(async () => {
      const checkpoint = (await ahead.look()).get(partition);
      expect(starting.deliveredPositions({ first: partition, count: 1 })).toEqual([checkpoint]);
    });
    starting.beforeApplicationShutdown();
    await notifications.close();
  });

  it('asks Postgres once at a time how far the views are, for whoever wants to know', async () => {
    let running = 0;
    const held = Promise.withResolvers<void>();
    postgres.meanwhile = async () => {
      running += 1;
      await held.promise;
    };
    const first = slow.look();
    await eventually(() => expect(running).toBe(1));
    await view.send(environment, 1, { id: 'while it looks' });
    const later = Promise.all(Array.from({ length: 100 }, () => slow.look()));
    held.resolve();
    const partition = partitionOf(1);
    const [before, ...after] = [await first, ...(await later)].map((checkpoints) => checkpoints.get(partition)!);
    postgres.meanwhile = undefined;
    expect(running).toBe(2);
    expect(new Set(after)).toEqual(new Set([before! + 1]));
  });

  it('looks again after a look that failed', async () => {
    postgres.meanwhile = () => Promise.reject(new Error('down'));
    await expect(Promise.all([slow.look(), slow.look()])).rejects.toThrow('down');
    postgres.meanwhile = undefined;
    await expect(slow.look()).resolves.toBeInstanceOf(Map);
  });

  it('leaves out nothing for one who comes while it reads for others', async () => {
    const partition = partitionOf(1);
    const neighbour = userOn((other) => other === partition);
    const first = followSlow(1);
    const early = followSlow(neighbour);
    const { position } = early.reader;
    early.leave();
    const goOn = postgres.hold(partition);
    const read = reading();
    await view.send(environment, neighbour, { id: 'of the neighbour' });
    await view.send(environment, 1, { id: 'of the first' });
    await read;
    const late = followSlow(neighbour, position);
    await eventually(() => expect(late.reader.ids).toEqual(['of the neighbour']));
    goOn();
    await view.send(environment, neighbour, { id: 'afterwards' });
    await eventually(() => expect(first.reader.ids).toEqual(['of the first']));
    await eventually(() => expect(late.reader.ids).toEqual(['of the neighbour', 'afterwards']));
  });

  it('repeats nothing for one whom another instance was ahead with', async () => {
    const partition = partitionOf(1);
    const other = followSlow(1);
    const stream = followAhead(1);
    const goOn = postgres.hold(partition);
    const read = reading();
    await view.send(environment, 1, { id: 'a' });
    await read;
    await view.send(environment, 1, { id: 'b' });
    await eventually(() => expect(stream.reader.ids).toEqual(['a', 'b']));
    stream.leave();
    const resumed = followSlow(1, stream.reader.position);
    goOn();
    await view.send(environment, 1, { id: 'c' });
    await eventually(() => expect(other.reader.ids).toEqual(['a', 'b', 'c']));
    await eventually(() => expect(resumed.reader.ids).toEqual(['c']));
  });

  it('never gives a position before the one that was resumed from', async () => {
    const partition = partitionOf(1);
    const elsewhere = userOn((other) => other !== partition);
    const stream = followAhead();
    const other = followSlow();
    const goOn = postgres.hold(partition);
    const read = reading();
    await view.send(environment, 1, { id: 'd' });
    await eventually(() => expect(stream.reader.ids).toEqual(['d']));
    await read;
    stream.leave();
    const resumed = followSlow(undefined, stream.reader.position);
    await view.send(environment, elsewhere, { id: 'e' });
    await eventually(() => expect(resumed.reader.ids).toEqual(['e']));
    const again = followAhead(undefined, messagesIn(resumed.reader.text).at(-1)!.position);
    goOn();
    await caughtUp(partition);
    await view.send(environment, 1, { id: 'f' });
    await eventually(() => expect([...other.reader.ids].sort()).toEqual(['d', 'e', 'f']));
    await eventually(() => expect(again.reader.ids).toEqual(['f']));
    await eventually(() => expect(resumed.reader.ids).toEqual(['e', 'f']));
  });
});
