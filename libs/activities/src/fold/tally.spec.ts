import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { project } from './projection.js';
import { tally } from './tally.js';
import { activity } from '../../test/views.js';

const record = (given: Parameters<typeof activity>[0], offset: number, time: number) => {
  const { key, value } = activity(given);
  return { partition: 3, offset, key, value: Buffer.from(value), time };
};

describe('the tally of activities', () => {
  it('adds up per user, workspace and type', () => {
    const rows = project([
      record({ id: 'a', workspace: 1, at: 10 }, 0, 100),
      record({ id: 'b', workspace: 1, at: 30 }, 1, 100),
      record({ id: 'c', at: 500 }, 2, 100),
      record({ id: 'd', type: 'other', user: 2, at: 7 }, 3, 100),
    ]);
    const [a, b, c, d] = rows;
    expect(tally(rows)).toMatchObject({
      totals: [
        {
          environment: 'acme',
          userId: 1,
          workspaceId: 1,
          type: 'seen',
          rows: [a, b],
          firstActiveAt: 10,
          lastActiveAt: 30,
        },
        {
          environment: 'acme',
          userId: 1,
          workspaceId: 0,
          type: 'seen',
          rows: [c],
          firstActiveAt: 100,
          lastActiveAt: 100,
        },
        { environment: 'acme', userId: 2, workspaceId: 0, type: 'other', rows: [d], firstActiveAt: 7, lastActiveAt: 7 },
      ],
      users: [
        { environment: 'acme', userId: 1, lastActiveAt: 100 },
        { environment: 'acme', userId: 2, lastActiveAt: 7 },
      ],
    });
  });

  it('is the same whichever order activities come in', () => {
    const given = fc.record({
      id: fc.uuid(),
      user: fc.integer({ min: 1, max: 3 }),
      workspace: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
      type: fc.constantFrom('x', 'y'),
      at: fc.integer({ min: 0, max: 1000 }),
    });
    const sorted = (values: object[]) => values.map((value) => JSON.stringify(value)).sort();
    fc.assert(
      fc.property(fc.array(given, { maxLength: 30 }), (items) => {
        const rows = project(items.map((item, offset) => record(item, offset, 500)));
        const [forth, back] = [tally(rows), tally(rows.toReversed())];
        const inOrder = back.totals.map((total) => ({ ...total, rows: total.rows.toReversed() }));
        expect(sorted(inOrder)).toEqual(sorted(forth.totals));
        expect(sorted(back.users)).toEqual(sorted(forth.users));
        expect(forth.totals.flatMap((total) => total.rows)).toHaveLength(items.length);
      }),
    );
  });
});
