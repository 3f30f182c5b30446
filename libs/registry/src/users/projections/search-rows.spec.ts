import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSearchViews, person, type SearchViews } from '../../../test/search-views.js';
import { writeSearch } from './search-rows.js';

let views: SearchViews;
beforeAll(async () => {
  views = await openSearchViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

describe('what is kept', () => {
  const kept = async (environment: string) => [
    (await views.postgres.query('SELECT * FROM user_search WHERE environment = $1 ORDER BY id', [environment])).rows,
    (await views.postgres.query('SELECT * FROM search_names WHERE environment = $1 ORDER BY name', [environment])).rows,
  ];

  it('is the same whatever came before', async () => {
    const one = person(1, { firstName: 'Jane', lastName: 'Smith' });
    const other = person(2, { firstName: 'Jane', lastName: 'Doe' });
    const environment = await views.environmentOf([
      one,
      { ...other, firstName: 'Mary' },
      person(3, { firstName: 'Gone' }),
    ]);
    await writeSearch(views.postgres, [{ environment, ...other }], [{ environment, id: 3 }]);
    await writeSearch(views.postgres, [{ environment, ...one }], [{ environment, id: 3 }]);
    const changed = await kept(environment);
    await writeSearch(
      views.postgres,
      [],
      [1, 2].map((id) => ({ environment, id })),
    );
    expect(await kept(environment)).toEqual([[], []]);
    await writeSearch(
      views.postgres,
      [one, other].map((user) => ({ environment, ...user })),
      [],
    );
    expect(await kept(environment)).toEqual(changed);
  });
});
