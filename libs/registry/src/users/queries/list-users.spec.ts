import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openUserViews, person, type UserViews } from '../../../test/user-views.js';
import { type ListPart } from '../../listed.js';
import { ListUsers, ListUsersHandler, type UserFilters } from './list-users.js';

let views: UserViews;
beforeAll(async () => {
  views = await openUserViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

const listed = async (environment: string, part: ListPart, filters?: UserFilters) => {
  const query = new ListUsers(environment, part, filters);
  const { rows, hasMore } = await new ListUsersHandler(views.postgres).execute(query);
  return { ids: rows.map(({ id }) => id), hasMore };
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
          const expected = { ids: ids.slice((page - 1) * size, page * size), hasMore: page < pages };
          expect({ page, ...(await listed(environment, { page, page_size: size })) }).toEqual({ page, ...expected });
        }
      }),
      { numRuns: 8 },
    );
  });

  it('has those behind an id, which need not be there, and tells whether there are more', async () => {
    const some = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: 1, max: 20 }), fc.boolean(), async (given, size, filter) => {
        const ids = given.toSorted((one, other) => one - other);
        const environment = await views.environmentOf(ids.map((id) => person(id, {})));
        for (const after of [0, 1, 30, 59, 60, 999_999_999_999_999]) {
          const behind = ids.filter((id) => id > after);
          const part = { after, page_size: size };
          expect({ after, ...(await listed(environment, part, filter ? { isActive: true } : {})) }).toEqual({
            after,
            ids: behind.slice(0, size),
            hasMore: behind.length > size,
          });
        }
      }),
      { numRuns: 12 },
    );
  });
});
