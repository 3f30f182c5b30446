import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepared } from '#platform';
import { openSearchViews, type Person, person, type SearchViews } from '../test/search-views.js';
import { type SearchChange, writeSearch } from './write-search.js';

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
    const mary = { ...other, firstName: 'Mary' };
    const third = person(3, { firstName: 'Gone' });
    const environment = await views.environmentOf([one, mary, third]);
    const change = (before?: Person, now?: Person) => ({ environment, id: (now ?? before)!.id, before, now });
    const write = (...changes: SearchChange[]) =>
      views.postgres.transaction(async (tx) => writeSearch(prepared(tx), changes));
    await write(change(mary, other), change(third));
    await write(change(one, one));
    const changed = await kept(environment);
    await write(change(one), change(other));
    expect(await kept(environment)).toEqual([[], []]);
    await write(change(undefined, one), change(undefined, other));
    expect(await kept(environment)).toEqual(changed);
  });
});
