import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openUserViews, person, type UserViews } from '../../../test/user-views.js';
import { ListUsers, ListUsersHandler } from './list-users.js';

let views: UserViews;
beforeAll(async () => {
  views = await openUserViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

const listed = async (environment: string, page: number, pageSize: number) => {
  const { rows } = await new ListUsersHandler(views.postgres).execute(new ListUsers(environment, page, pageSize));
  return rows.map(({ id }) => id);
};

describe('a page of users', () => {
  it('has those that come after the ones of the pages before, whoever was deleted', async () => {
    // Whole thousands of ids, of which some are missing, and some thousands without anybody.
    const gaps = fc.uniqueArray(fc.integer({ min: 1, max: 4_200 }), { maxLength: 6 });
    const empty = fc.subarray([0, 1, 2, 3]);
    await fc.assert(
      fc.asyncProperty(gaps, empty, fc.integer({ min: 1, max: 500 }), fc.nat(1), async (gone, none, size, last) => {
        const all = Array.from({ length: 4_100 + last }, (_, at) => at + 1);
        const ids = all.filter((id) => !gone.includes(id) && !none.includes(Math.floor(id / 1_000)));
        const environment = await views.environmentOf(ids.map((id) => person(id, {})));
        const pages = Math.ceil(ids.length / size);
        for (const page of [1, 2, Math.ceil(pages / 2), pages, pages + 1]) {
          const expected = ids.slice((page - 1) * size, page * size);
          expect({ page, ids: await listed(environment, page, size) }).toEqual({ page, ids: expected });
        }
      }),
      { numRuns: 8 },
    );
  });
});
