import { afterAll, describe, expect, it } from '@jest/globals';
import { metrics, type Namespace } from '#platform';
import { MemoryLog } from '../../test/memory-log.js';
import { activity, NOON, Views } from '../../test/views.js';

const databaseUrl = process.env.DATABASE_URL!;
const opened: Views[] = [];

function openViewsOn(log: MemoryLog, namespace?: Namespace) {
  const views = new Views(databaseUrl, log, namespace);
  opened.push(views);
  return views;
}
function openViews() {
  const log = new MemoryLog();
  log.clock = () => NOON;
  return { views: openViewsOn(log), log };
}

afterAll(() => Promise.all(opened.map(({ postgres }) => postgres.close())));

/** Many users, types and workspaces, with some ids that come again, near and far. */
const mixture = Array.from({ length: 300 }, (_, n) =>
  activity({
    id: `a${n % 250}`,
    user: 1 + (n % 7),
    environment: n % 5 ? 'acme' : 'other',
    type: `type-${n % 3}`,
    workspace: n % 4 || undefined,
    at: NOON - n * 1000,
    data: { n },
  }),
);

describe('the fold of activities', () => {
  it('keeps an activity as it was sent, with the time of the log', async () => {
    const { views, log } = openViews();
    await views.project();
    const data = { text: 'é\n😀', nested: { list: [1, null, true] } };
    await log.append(views.topic, [activity({ id: 'first', user: 7, workspace: 3, at: NOON - 5, data })]);
    const { rows } = await views.postgres.query('SELECT * FROM activities');
    expect(rows).toEqual([
      {
        environment: 'acme',
        user_id: 7,
        activity_id: 'first',
        source: null,
        type: 'seen',
        workspace_id: 3,
        occurred_at: NOON - 5,
        received_at: NOON,
        data,
        partition: expect.any(Number),
        position: 0,
      },
    ]);
  });

  it('counts an activity once when it is sent twice, in one batch or in two', async () => {
    const { views, log } = openViews();
    await views.project();
    const twice = [activity({ id: 'x', data: { first: true } }), activity({ id: 'x', data: { first: false } })];
    await log.append(views.topic, twice);
    await log.append(views.topic, twice);
    const { rows } = await views.postgres.query<{ data: object }>('SELECT data FROM activities');
    expect(rows).toEqual([{ data: { first: true } }]);
    const totals = await views.postgres.query('SELECT activities FROM activity_totals');
    expect(totals.rows).toEqual([{ activities: 1 }]);
  });

  it('takes the same id from two sources, or from none, for activities of their own, each once', async () => {
    const { views, log } = openViews();
    await views.project();
    const own = [undefined, '/a', '/b', '/a/x'].map((source) => activity({ id: 'x', source }));
    await log.append(views.topic, own);
    await log.append(views.topic, own.toReversed());
    const { rows } = await views.postgres.query('SELECT source FROM activities ORDER BY source NULLS FIRST');
    expect(rows).toEqual([{ source: null }, { source: '/a' }, { source: '/a/x' }, { source: '/b' }]);
    expect(await views.postgres.query('SELECT activities FROM activity_totals')).toMatchObject({
      rows: [{ activities: 4 }],
    });
  });

  it('tells source and id apart wherever one ends and the other begins', async () => {
    const { views, log } = openViews();
    await views.project();
    const pairs = [
      ['a', 'bc'],
      ['ab', 'c'],
      [undefined, 'abc'],
      ['abc', 'abc'],
    ] as const;
    await log.append(
      views.topic,
      pairs.map(([source, id]) => activity({ id, source })),
    );
    expect(await views.count('activities')).toBe(4);
  });

  it('keeps data to the digit, the same after a rebuild', async () => {
    const { views, log } = openViews();
    await views.project();
    const data = '{"n":1524831183200260097,"list":[1e-400,1.0,1E2,-0,1e999],"__proto__":{"\\u001b\\f":"\u0092"}}';
    const item = activity({ id: 'x', source: '/s' });
    await log.append(views.topic, [{ ...item, value: item.value.replace(/}$/, `,"data":${data}}`) }]);
    const { rows } = await views.postgres.query('SELECT data::text AS data FROM activities');
    expect(rows).toEqual([{ data }]);
    const before = await views.snapshot();
    const rebuilt = openViewsOn(log, views.namespace);
    await views.drop();
    await rebuilt.project();
    expect(await rebuilt.snapshot()).toEqual(before);
  });

  it('lets the first in the log win, whatever the times say', async () => {
    const { views, log } = openViews();
    await views.project();
    await log.append(views.topic, [activity({ id: 'x', at: NOON - 1 }), activity({ id: 'x', at: NOON - 9 })]);
    const { rows } = await views.postgres.query('SELECT occurred_at FROM activities');
    expect(rows).toEqual([{ occurred_at: NOON - 1 }]);
  });

  it('takes the same id of two users, or of two environments, for two activities', async () => {
    const { views, log } = openViews();
    await views.project();
    const same = [{ user: 1 }, { user: 2 }, { user: 1, environment: 'other' }].map((whose) =>
      activity({ id: 'x', ...whose }),
    );
    await log.append(views.topic, same);
    expect(await views.count('activities')).toBe(3);
  });

  it('moves when a user was first active back alone, and no further than an activity goes', async () => {
    const { views, log } = openViews();
    await views.project();
    await log.append(views.topic, [activity({ id: 'future', at: NOON + 1000 })]);
    const first = async () =>
      (await views.postgres.query<{ first: number }>('SELECT first_active_at AS first FROM activity_totals')).rows;
    expect(await first()).toEqual([{ first: NOON }]);
    await log.append(views.topic, [activity({ id: 'past', at: -5 }), activity({ id: 'later', at: 7 })]);
    await log.append(views.topic, [activity({ id: 'past', at: -9 }), activity({ id: 'latest', at: 9 })]);
    expect(await first()).toEqual([{ first: -5 }]);
  });

  it('never moves back when a user was last active, nor ahead of when the log heard of it', async () => {
    const { views, log } = openViews();
    await views.project();
    await log.append(views.topic, [activity({ id: 'now' }), activity({ id: 'past', at: 0 })]);
    await log.append(views.topic, [activity({ id: 'future', at: NOON + 1000 })]);
    await log.append(views.topic, [activity({ id: 'older', at: NOON - 10 })]);
    const { rows } = await views.postgres.query('SELECT last_active_at FROM activity_totals');
    expect(rows).toEqual([{ last_active_at: NOON }]);
  });

  it('gives the same rows when every record is delivered twice', async () => {
    const { views, log } = openViews();
    const consumption = await views.project();
    await log.append(views.topic, mixture);
    const once = await views.snapshot();
    await consumption.stop();
    // A consumer that begins at the start of the log, as after a checkpoint that its group has lost.
    await log.consume(await everythingAgain(views));
    expect(await views.snapshot()).toEqual(once);
  });

  it('goes on where it stopped after a restart in the middle', async () => {
    const { views, log } = openViews();
    const first = await views.project();
    await log.append(views.topic, mixture.slice(0, 150));
    await first.stop();
    await log.append(views.topic, mixture.slice(150));
    await views.project();
    const other = openViews();
    await other.views.project();
    await other.log.append(other.views.topic, mixture);
    expect(await views.snapshot()).toEqual(await other.views.snapshot());
  });

  it('changes nothing for an owner that comes late', async () => {
    const { views, log } = openViews();
    await views.project();
    await log.append(views.topic, mixture.slice(0, 100));
    // Both are given every record, and both commit.
    await views.project();
    await log.append(views.topic, mixture.slice(100));
    const other = openViews();
    await other.views.project();
    await other.log.append(other.views.topic, mixture);
    expect(await views.snapshot()).toEqual(await other.views.snapshot());
  });

  it('rebuilds the views from the log, equal row by row', async () => {
    const { views, log } = openViews();
    const live = await views.project();
    for (let n = 0; n < mixture.length; n += 37) await log.append(views.topic, mixture.slice(n, n + 37));
    const before = await views.snapshot();
    await live.stop();
    await views.drop();
    await views.project();
    expect(await views.snapshot()).toEqual(before);
  });

  it('keeps totals that add up to the activities', async () => {
    const { views, log } = openViews();
    await views.project();
    await log.append(views.topic, mixture);
    const { rows } = await views.postgres.query(
      `SELECT environment, user_id, coalesce(workspace_id, 0) AS workspace_id, type, count(*) AS activities,
         min(LEAST(occurred_at, received_at)) AS first_active_at, max(LEAST(occurred_at, received_at)) AS last_active_at
       FROM activities GROUP BY 1, 2, 3, 4
       EXCEPT SELECT environment, user_id, workspace_id, type, activities, first_active_at, last_active_at
       FROM activity_totals`,
    );
    expect(rows).toEqual([]);
    expect(await views.count('activity_totals')).toBeGreaterThan(20);
  });

  it('keeps what it cannot decode whole, and goes on with the others', async () => {
    const { views, log } = openViews();
    await views.project();
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    await log.append(views.topic, [
      activity({ id: 'before' }),
      { key: 'acme/1', value: bytes },
      { key: 'no\0key', value: activity({ id: 'x' }).value },
      { key: 'acme/1', value: JSON.stringify({ v: '2', id: 'later' }) },
      { key: 'acme/1', value: '{"v":1,"id":"nul\\u0000","type":"seen","occurredAt":1}' },
      {
        key: 'acme/1',
        value: `{"v":1,"id":"deep","type":"seen","occurredAt":1,"data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
      },
      activity({ id: 'behind' }),
      activity({ id: 'after', user: 2 }),
    ]);
    const letters = await views.postgres.query(
      'SELECT reason, key, value FROM activities_dead_letters ORDER BY partition, position',
    );
    expect(letters.rows).toHaveLength(6);
    expect(letters.rows).toContainEqual({ reason: 'the value is no JSON', key: 'acme/1', value: bytes });
    const { rows } = await views.postgres.query<{ activity_id: string }>('SELECT activity_id FROM activities');
    expect(rows.map(({ activity_id }) => activity_id)).toEqual(expect.arrayContaining(['before', 'after']));
    expect(rows).toHaveLength(2);
  });

  it('counts repeats that came with other content than the first, and those alone', async () => {
    const { views, log } = openViews();
    await views.project();
    const before = await changedRepeats();
    const first = { type: 'seen', workspace: 3, data: { a: [1, null], text: 'é' } };
    await log.append(views.topic, [activity({ id: 'x', ...first }), activity({ id: 'y' })]);
    await log.append(views.topic, [
      activity({ id: 'x', ...first, at: NOON - 5 }),
      activity({ id: 'x', ...first, type: 'other' }),
      activity({ id: 'x', ...first, workspace: undefined }),
      activity({ id: 'x', ...first, data: { a: [1, 2], text: 'é' } }),
      activity({ id: 'y', data: {} }),
      activity({ id: 'y' }),
      activity({ id: 'new' }),
      activity({ id: 'new', type: 'other' }),
    ]);
    expect((await changedRepeats()) - before).toBe(5);
    expect(await views.count('activities')).toBe(3);
  });

  it('tells its followers what was counted, and nothing of what was counted before', async () => {
    const { views, log } = openViews();
    const told: unknown[] = [];
    await views.project({ follow: async (_, { from, to }, counted) => void told.push({ from, to, counted }) });
    await log.append(views.topic, [activity({ id: 'x', at: 5 }), activity({ id: 'y', at: 9 })]);
    await log.append(views.topic, [activity({ id: 'x' })]);
    expect(told).toEqual([
      { from: 0, to: 2, counted: [{ environment: 'acme', userId: 1, lastActiveAt: 9 }] },
      { from: 2, to: 3, counted: [] },
    ]);
  });
});

async function changedRepeats(): Promise<number> {
  const { values } = await metrics.getSingleMetric('tidemark_activities_repeated_changed_total')!.get();
  return values[0]?.value ?? 0;
}

/** The subscription of a projector that was told to begin at 0. */
async function everythingAgain(views: Views) {
  const log = new MemoryLog();
  let taken: Parameters<MemoryLog['consume']>[0] | undefined;
  log.consume = async (subscription) => {
    taken = subscription;
    return { joined: Promise.resolve(), ended: Promise.resolve(), stop: async () => undefined };
  };
  const again = new Views(databaseUrl, log, views.namespace);
  opened.push(again);
  await again.project();
  return { ...taken!, startAt: async (partitions: readonly number[]) => new Map(partitions.map((p) => [p, 0])) };
}
