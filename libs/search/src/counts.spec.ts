import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSearchViews, person, type SearchViews } from '../test/search-views.js';
import { countsIn } from './counts.js';
import { expectedOf, lookupsOf, rarestTokens } from './lookups.js';
import { tokensOfFit, tokensOfNames } from './tokens.js';

let views: SearchViews;
beforeAll(async () => {
  views = await openSearchViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

const countsOf = (environment: string) => countsIn(views.postgres.prepared, environment);
const people = [1, 2, 3].map((id) => person(id, { firstName: 'Jane' }));

describe('how common something is', () => {
  it('is how many users of the sample have its token', async () => {
    const environment = await views.environmentOf([
      ...people,
      person(1_023, { firstName: 'Jan' }),
      person(1_024, { firstName: 'Jane' }),
    ]);
    const counts = await countsOf(environment);
    const of = (piece: string) => counts.of(tokensOfFit(environment, piece, 'inside')[0]!);
    expect(['jan', 'ane', 'xyz'].map(of)).toEqual([4, 3, 0]);
  });

  it('tells how many there are in all, as many as the sample is a part of', async () => {
    const environment = await views.environmentOf([...people, person(4_096, { firstName: 'Jane' })]);
    const counted = { db: views.postgres.prepared, environment, counts: await countsOf(environment) };
    const lookup = lookupsOf(counted, [{ text: 'jane', times: 1 }], ['exact'])[0]!;
    const among = (...names: string[]) => ({ ...lookup, choices: [tokensOfNames(environment, names)] });
    expect(expectedOf(counted, lookup)).toBe(12);
    expect(expectedOf(counted, among('jane', 'mary'))).toBeCloseTo((12 * 3) / 1_024);
    expect(expectedOf(counted, among('mary'))).toBe(0);
  });

  it('decides by what a word is looked up: its rarest letters, and no letter beside them that everybody has', async () => {
    const names = Array.from({ length: 1_000 }, (_, at) => person(at + 1, { firstName: at < 10 ? 'Anton' : 'Antje' }));
    const environment = await views.environmentOf(names);
    const counts = await countsOf(environment);
    const chosen = rarestTokens(
      [tokensOfFit(environment, 'anton', 'inside'), tokensOfFit(environment, 'a', 'inside')],
      counts,
    );
    const pieces = ['nto', 'ton'].map((piece) => tokensOfFit(environment, piece, 'inside')[0]!);
    expect(new Set(chosen)).toEqual(new Set(pieces));
  });

  it("is each environment's own", async () => {
    const environments = [await views.environmentOf(people), await views.environmentOf([])];
    const counts = environments.map(async (environment) =>
      (await countsOf(environment)).of(tokensOfNames(environment, ['jane'])[0]!),
    );
    expect(await Promise.all(counts)).toEqual([3, 0]);
  });

  it('is not kept of a sample that could not be read', async () => {
    const environment = await views.environmentOf(people);
    let isDown = true;
    const db: typeof views.postgres.prepared = {
      query: (text, values) =>
        isDown ? Promise.reject(new Error('down')) : views.postgres.prepared.query(text, values),
    };
    await expect(countsIn(db, environment)).rejects.toThrow('down');
    isDown = false;
    expect((await countsIn(db, environment)).of(tokensOfNames(environment, ['jane'])[0]!)).toBe(3);
  });
});
