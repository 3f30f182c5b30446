import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LogRecord } from '#event-sourcing';
import { prepared } from '#platform';
import { prepareGeneration, StopProjection } from '#projections';
import { dropViews, openViews, type Views } from '../../../../test/support/views.js';
import { activity, NOON } from '../../test/views.js';
import { activitiesFold } from './activities.fold.js';

describe('the numbers of totals that a process remembers', () => {
  let views: Views;
  let offset: number;
  beforeEach(async () => {
    offset = 0;
    views = await openViews((namespace) => activitiesFold(namespace));
  });
  afterEach(() => views.close());

  /** One activity of each of these users, in one batch, committed unless it is to fail. */
  async function apply(users: readonly number[], fails = false): Promise<void> {
    const records = users.map((user): LogRecord => {
      const { key, value } = activity({ id: `a${offset}`, user });
      return { partition: 0, offset: offset++, key, value: Buffer.from(value), time: NOON };
    });
    const write = await views.fold.prepare(0, records);
    const afterCommit = await views.postgres.transaction(async (tx) => {
      const after = await write(prepared(tx));
      if (fails) throw new Error('undone');
      return after;
    });
    await afterCommit?.(0, offset);
  }

  const counted = async () => {
    const { rows } = await views.postgres.query<{ user: number; activities: number; entries: number }>(
      `SELECT user_id AS user, activities, (SELECT count(*) FROM activity_entries WHERE total_id = id) AS entries
       FROM activity_totals ORDER BY 1`,
    );
    return rows.map(({ user, activities, entries }) => [user, activities, entries]);
  };

  it('are those by which it counts on, beside totals that are new or that others have made', async () => {
    await apply([1, 2]);
    const other = await views.postgres.query(
      `INSERT INTO activity_totals (partition, user_id, workspace_id, activities, first_active_at, last_active_at, environment, type)
       VALUES (0, 3, 0, 5, 0, 0, 'acme', 'seen')`,
    );
    expect(other.rowCount).toBe(1);
    await apply([4, 3, 2, 2, 1]);
    expect(await counted()).toEqual([
      [1, 2, 2],
      [2, 3, 3],
      [3, 6, 1],
      [4, 1, 1],
    ]);
  });

  it('are none of a transaction that was undone', async () => {
    await apply([1]);
    await expect(apply([2, 3], true)).rejects.toThrow('undone');
    await apply([3, 2, 1]);
    expect(await counted()).toEqual([
      [1, 2, 2],
      [2, 1, 1],
      [3, 1, 1],
    ]);
  });

  it('are forgotten in another generation, where they stand for others', async () => {
    await apply([1, 2]);
    await dropViews(views.postgres, views.namespace);
    await prepareGeneration(views.postgres, views.namespace, views.fold, new Map());
    await apply([2, 1, 1]);
    expect(await counted()).toEqual([
      [1, 2, 2],
      [2, 1, 1],
    ]);
  });

  it.each([
    ['is gone', 'DELETE FROM activity_totals'],
    ['stands for another user', 'UPDATE activity_totals SET user_id = 7 WHERE user_id = 1'],
    ['stands for another type', "UPDATE activity_totals SET type = 'other' WHERE user_id = 1"],
    ['stands for another workspace', 'UPDATE activity_totals SET workspace_id = 7 WHERE user_id = 1'],
  ])('stop the projection where one %s, and nothing is counted by them', async (_, loss) => {
    await apply([1, 2]);
    await views.postgres.query(loss);
    const before = await counted();
    await expect(apply([1])).rejects.toThrow(StopProjection);
    expect(await counted()).toEqual(before);
  });

  it('are forgotten where the log is given again, as after a failover that lost them', async () => {
    await apply([1, 2]);
    await views.postgres.query('DELETE FROM activity_entries');
    await views.postgres.query('DELETE FROM activity_totals');
    offset = 0;
    await apply([2, 1, 1]);
    expect(await counted()).toEqual([
      [1, 2, 2],
      [2, 1, 1],
    ]);
  });
});
