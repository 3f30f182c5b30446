import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ActivityOwner } from '#activities';
import { createLogger } from '#platform';
import { eventually } from '../../../test/support/eventually.js';
import { messagesIn } from '../test/events.js';
import { followAt, type FollowOptions, Reader } from '../test/reader.js';
import { openView, type View } from '../test/view.js';
import { StreamHub } from './hub/stream-hub.js';

const logger = createLogger('spec', 'silent');

describe('a subscription', () => {
  let view: View;
  let hub: StreamHub;
  const hubs: StreamHub[] = [];

  const newHub = async () => {
    const hub = new StreamHub(view.postgres, view.notifications, view.namespace, logger);
    hubs.push(hub);
    await hub.ready();
    return hub;
  };

  const follow = (target: ActivityOwner, options: FollowOptions & { at?: StreamHub } = {}) =>
    followAt(options.at ?? hub, view, target, options);

  let environments = 0;
  const newEnvironment = () => `env-${++environments}`;
  const named = (...ids: string[]) => ids.map((id) => ({ id }));

  beforeAll(async () => {
    view = await openView(process.env.DATABASE_URL!);
    hub = await newHub();
  });

  afterAll(async () => {
    for (const hub of hubs) hub.beforeApplicationShutdown();
    await view.close();
  });

  it('gets what comes from now on, in order, and nothing of the past', async () => {
    const environment = newEnvironment();
    await view.send(environment, 1, ...named('before'));
    await hub.look();
    const { reader } = follow({ environment, userId: 1 });
    await view.send(environment, 1, ...named('a', 'b'));
    await view.send(environment, 1, ...named('c'));
    await eventually(() => expect(reader.ids).toEqual(['a', 'b', 'c']));
  });

  it("gets neither another user's activities nor another environment's", async () => {
    const [environment, other] = [newEnvironment(), newEnvironment()];
    const { reader: user } = follow({ environment, userId: 1 });
    const { reader: whole } = follow({ environment });
    await view.send(other, 1, ...named('foreign'));
    await view.send(environment, 2, ...named('neighbour'));
    await view.send(environment, 1, ...named('own'));
    await eventually(() => expect(user.ids).toEqual(['own']));
    await eventually(() => expect([...whole.ids].sort()).toEqual(['neighbour', 'own']));
  });

  it('shows a resent activity once, though it takes a position in the log', async () => {
    const environment = newEnvironment();
    const { reader } = follow({ environment, userId: 1 });
    await view.send(environment, 1, ...named('a', 'a'));
    await view.send(environment, 1, ...named('a'));
    await view.send(environment, 1, ...named('b', 'a'));
    await view.send(environment, 1, ...named('c'));
    await eventually(() => expect(reader.ids).toEqual(['a', 'b', 'c']));
  });

  it('gets the types that it asks for, of the present and of the past', async () => {
    const environment = newEnvironment();
    const first = follow({ environment, userId: 1 }, { types: ['edit', 'share'] });
    const sent = ['read', 'edit', 'read', 'share'].map((type) => ({ id: type + Math.random(), type }));
    const wanted = [sent[1]!.id, sent[3]!.id];
    await view.send(environment, 1, ...sent);
    await eventually(() => expect(first.reader.ids).toEqual(wanted));
    const later = follow({ environment }, { types: ['share', 'edit'], after: Array<number>(8).fill(0) });
    await eventually(() => expect(later.reader.ids).toEqual(wanted));
  });

  it('resumes behind every position of a history with exactly the rest', async () => {
    const environment = newEnvironment();
    const { reader: user } = follow({ environment, userId: 1 });
    const { reader: whole } = follow({ environment });
    for (let batch = 0; batch < 6; batch++) {
      const ids = Array.from({ length: batch + 1 }, (_, at) => `${batch}.${at}`);
      await view.send(environment, 1, ...named(...ids, '0.0'));
      await view.send(environment, 2, ...named(...ids));
    }
    await eventually(() => expect([user.ids.length, whole.ids.length]).toEqual([21, 42]));
    for (const [reader, target] of [
      [user, { environment, userId: 1 }],
      [whole, { environment }],
    ] as const) {
      const history = messagesIn(reader.text);
      for (const [at, { position }] of history.entries()) {
        const resumed = follow(target, { after: position });
        const key = ({ id, userId }: { id: string; userId?: number }) => `${userId}/${id}`;
        const rest = history.slice(at + 1).map(key);
        await eventually(() => expect(messagesIn(resumed.reader.text).map(key).sort()).toEqual(rest.sort()));
        resumed.leave();
      }
    }
  });

  it('misses nothing and gets nothing twice, however commits, resumptions and readers fall together', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ send: fc.integer({ min: 1, max: 5 }), size: fc.integer({ min: 1, max: 12 }) }),
      },
      { weight: 2, arbitrary: fc.record({ reconnect: fc.nat({ max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ settle: fc.constant(true) }) },
    );
    const pace = fc.constantFrom(1, 2, 3, Infinity);
    const [here, there] = [hub, await newHub()];
    const targets = [{}, {}, { userId: 1 }, { userId: 1 }, { userId: 2 }, { userId: 3 }];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), pace, async (steps, fullEvery) => {
        const environment = newEnvironment();
        const clients = targets.map((target) => ({ target: { environment, ...target }, got: [] as string[] }));
        const readers = () => new Reader(fullEvery);
        const streams = clients.map(({ target }, at) =>
          follow(target, { at: at % 2 ? here : there, reader: readers() }),
        );
        const sent: { userId: number; id: string }[] = [];
        const commits: Promise<void>[] = [];
        const collect = (at: number) => {
          streams[at]!.leave();
          const messages = messagesIn(streams[at]!.reader.text);
          clients[at]!.got.push(...messages.map(({ id }) => id));
          return streams[at]!.reader.position;
        };
        for (const [turn, given] of steps.entries()) {
          if ('send' in given) {
            const ids = Array.from({ length: given.size }, (_, at) => `${given.send}/${turn}.${at}`);
            sent.push(...ids.map((id) => ({ userId: given.send, id })));
            commits.push(view.send(environment, given.send, ...named(...ids)));
          } else if ('reconnect' in given) {
            const at = given.reconnect;
            const after = collect(at);
            // On the other instance, which may be behind.
            streams[at] = follow(clients[at]!.target, { after, at: turn % 2 ? here : there, reader: readers() });
          } else {
            await Promise.all(commits);
          }
        }
        await Promise.all(commits);
        for (const [at, { target, got }] of clients.entries()) {
          const wanted = sent.filter(({ userId }) => !('userId' in target) || target.userId === userId);
          await eventually(() => expect(got.length + streams[at]!.reader.ids.length).toBe(wanted.length));
          collect(at);
          for (const userId of [1, 2, 3, 4, 5]) {
            const of = (ids: string[]) => ids.filter((id) => id.startsWith(`${userId}/`));
            expect(of(got)).toEqual(of(wanted.map(({ id }) => id)));
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('keeps the present for a client that still reads the past, at the pace of the client', async () => {
    const environment = newEnvironment();
    const data = { text: 'x'.repeat(10_000) };
    const past = Array.from({ length: 30 }, (_, at) => ({ id: `past.${at}`, data }));
    const present = Array.from({ length: 60 }, (_, at) => ({ id: `present.${at}`, data }));
    await view.send(environment, 1, ...past);
    await hub.look();
    const reader = new Reader();
    const readOn = reader.stopReading();
    const target = { environment, userId: 1 };
    const alone = await newHub();
    follow(target, { after: [0], reader, at: alone });
    // More than is kept for a client: it leaves the hub, and finds the rest in the view.
    for (const activity of present) await view.send(environment, 1, activity);
    await eventually(() => expect(alone.deliveredPositions(alone.partitionsOf(target))[0]).toBeGreaterThanOrEqual(90));
    expect(alone.idle).toBe(true);
    expect(reader.ids.length).toBeLessThan(30);
    readOn();
    await view.send(environment, 1, { id: 'last' });
    const all = [...past, ...present].map(({ id }) => id);
    await eventually(() => expect(reader.ids).toEqual([...all, 'last']));
  });

  it('loses nothing while the announcements of Postgres are away', async () => {
    const environment = newEnvironment();
    const { reader } = follow({ environment, userId: 1 });
    await view.send(environment, 1, ...named('a'));
    await eventually(() => expect(reader.ids).toEqual(['a']));
    const { rows } = await view.postgres.query<{ ended: boolean }>(
      `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
       WHERE application_name = $1`,
      [`${view.namespace.name}_notifications`],
    );
    expect(rows.map(({ ended }) => ended)).toContain(true);
    await view.send(environment, 1, ...named('b', 'c'));
    await eventually(() => expect(reader.ids).toEqual(['a', 'b', 'c']));
    await view.send(environment, 1, ...named('d'));
    await eventually(() => expect(reader.ids).toEqual(['a', 'b', 'c', 'd']));
  });

  it('goes on when the view can be read again', async () => {
    const environment = newEnvironment();
    const { reader } = follow({ environment, userId: 1 });
    await view.send(environment, 1, ...named('a'));
    await eventually(() => expect(reader.ids).toEqual(['a']));
    await view.postgres.query('ALTER TABLE activities RENAME COLUMN activity_id TO hidden');
    const failing = view.postgres.query(
      `UPDATE activities_checkpoints SET position = position + 1 WHERE partition = $1`,
      [hub.partitionsOf({ environment, userId: 1 }).first],
    );
    await failing;
    await hub.look();
    await view.postgres.query('ALTER TABLE activities RENAME COLUMN hidden TO activity_id');
    await view.send(environment, 1, ...named('b'));
    await eventually(() => expect(reader.ids).toEqual(['a', 'b']));
  });
});
