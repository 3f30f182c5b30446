import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LogRecord } from '#event-sourcing';
import { openViews, type Views } from '../../../../test/support/views.js';
import { activity, NOON } from '../../test/views.js';
import { activitiesFold } from './activities.fold.js';

/** As a projector applies them: where one transaction fails, nothing mends it by trying each record alone. */
describe('activities of one batch of a partition', () => {
  let views: Views;
  let offset: number;
  beforeEach(async () => {
    offset = 0;
    views = await openViews((namespace) => activitiesFold(namespace));
  });
  afterEach(() => views.close());

  const apply = (...given: Parameters<typeof activity>[0][]) =>
    views.apply(
      given.map((one): LogRecord => {
        const { key, value } = activity(one);
        return { partition: 0, offset: offset++, key, value: Buffer.from(value), time: NOON };
      }),
    );
  const counted = async () => {
    const { rows } = await views.postgres.query(
      'SELECT environment, user_id AS user, activities FROM activity_totals ORDER BY 1, 2',
    );
    return rows;
  };
  const fromThree = [
    { id: 'x', user: 1 },
    { id: 'x', user: 2 },
    { id: 'x', user: 1, environment: 'other' },
  ];
  const once = [
    { environment: 'acme', user: 1, activities: 1 },
    { environment: 'acme', user: 2, activities: 1 },
    { environment: 'other', user: 1, activities: 1 },
  ];

  it('are counted once, those of each user and environment for themselves', async () => {
    await apply(...fromThree, ...fromThree);
    expect(await counted()).toEqual(once);
  });

  it('are not counted again in a later one', async () => {
    await apply(...fromThree);
    await apply(...fromThree.toReversed());
    expect(await counted()).toEqual(once);
  });

  it('are counted where it is others’ that are known, whichever is before and which behind it', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `a${n}`);
    await apply(...ids.map((id) => ({ id, user: 1 })));
    await apply(...ids.map((id) => ({ id: `b${id}`, user: 1 })), ...ids.map((id) => ({ id, user: 2 })));
    expect(await counted()).toMatchObject([
      { user: 1, activities: 40 },
      { user: 2, activities: 20 },
    ]);
  });

  it('make totals of their own for each type and workspace, also where the workspace is none', async () => {
    await apply({ id: 'a', workspace: 3 }, { id: 'b' }, { id: 'c', type: 'other' }, { id: 'd' });
    const { rows } = await views.postgres.query(
      'SELECT workspace_id, type, activities FROM activity_totals ORDER BY 1, 2',
    );
    expect(rows).toEqual([
      { workspace_id: 0, type: 'other', activities: 1 },
      { workspace_id: 0, type: 'seen', activities: 2 },
      { workspace_id: 3, type: 'seen', activities: 1 },
    ]);
  });

  it('take a number for each new total, and none for counting on', async () => {
    await apply({ id: 'a' }, { id: 'b', user: 2 });
    await apply({ id: 'c' }, { id: 'd', user: 2 }, { id: 'e', user: 3 });
    const { rows } = await views.postgres.query('SELECT id, activities FROM activity_totals ORDER BY user_id');
    expect(rows).toEqual([
      { id: 1, activities: 2 },
      { id: 2, activities: 2 },
      { id: 3, activities: 1 },
    ]);
  });
});
