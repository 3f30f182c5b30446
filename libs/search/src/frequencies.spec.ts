import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSearchViews, person, type SearchViews } from '../test/search-views.js';
import { tokensOfFit, tokensOfNames } from './tokens.js';
import { frequenciesIn } from './frequencies.js';
import { soughtBy } from './sought.js';

let views: SearchViews;
beforeAll(async () => {
  views = await openSearchViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

const frequencies = (environment: string) => frequenciesIn({ db: views.postgres.prepared, environment });

describe('how common something is', () => {
  const people = [1, 2, 3].map((id) => person(id, { firstName: 'Jane' }));

  it('is how many users of the sample have its token', async () => {
    const environment = await views.environmentOf([...people, person(1_023, { firstName: 'Jan' })]);
    const { howCommon } = await frequencies(environment);
    const of = (piece: string) => howCommon(tokensOfFit(environment, piece, 'inside', howCommon)[0]!);
    expect(['jan', 'ane', 'xyz'].map(of)).toEqual([4, 3, 0]);
  });

  it('tells how many there are in all, as many as the sample is a part of', async () => {
    const environment = await views.environmentOf([...people, person(4_095, { firstName: 'Jane' })]);
    const where = { environment, ...(await frequencies(environment)) };
    const sought = soughtBy(where, [{ text: 'jane', times: 1 }], ['exact']);
    expect(where.usersOf(sought)).toBe(12);
    expect(where.usersOf({ ...sought, choices: [tokensOfNames(environment, ['jane', 'mary'])] })).toBe(12);
    expect(where.usersOf({ ...sought, choices: [tokensOfNames(environment, ['mary'])] })).toBe(0);
  });

  it("is each environment's own", async () => {
    const environments = [await views.environmentOf(people), await views.environmentOf([])];
    const counts = environments.map(async (environment) => {
      const { howCommon } = await frequencies(environment);
      return howCommon(tokensOfNames(environment, ['jane'])[0]!);
    });
    expect(await Promise.all(counts)).toEqual([3, 0]);
  });

  it('is not kept of a sample that could not be read', async () => {
    const environment = await views.environmentOf(people);
    let isDown = true;
    const db: typeof views.postgres.prepared = {
      query: (text, values) =>
        isDown ? Promise.reject(new Error('down')) : views.postgres.prepared.query(text, values),
    };
    await expect(frequenciesIn({ db, environment })).rejects.toThrow('down');
    isDown = false;
    const { howCommon } = await frequenciesIn({ db, environment });
    expect(howCommon(tokensOfNames(environment, ['jane'])[0]!)).toBe(3);
  });
});
