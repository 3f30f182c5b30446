import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prepared } from '#platform';
import { openSearchViews, person, type Person, type SearchViews } from '../test/search-views.js';
import { writeSearch } from './write-search.js';
import { fold } from './text.js';
import { type Bounds } from './ranking.js';
import { searchUsers } from './search.js';
import { isClose } from './spelling.js';

let views: SearchViews;
beforeAll(async () => {
  views = await openSearchViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

/** The ids of everybody who fits, best first, by the words of the contract and nothing clever. */
function rankSlowly(people: readonly Person[], q: string): number[] {
  const words = q.split(/\s+/).map(fold).filter(Boolean);
  const ranked = people.map((person) => ({
    id: person.id,
    fits: words.map((word) => fitOf(person, word)).sort((a, b) => a - b),
  }));
  const found = ranked.filter(({ fits }) => fits.every((fit) => fit <= 3));
  const addressesToo = found.length === 0;
  const close = people
    .filter(({ id }) => !found.some((hit) => hit.id === id))
    .map((person) => ({
      id: person.id,
      fits: words
        .map((word) => Math.min(fitOf(person, word), closeFit(person, word, addressesToo)))
        .sort((a, b) => a - b),
    }))
    .filter(({ fits }) => fits.every((fit) => fit <= 4));
  const inOrder = (one: (typeof found)[0], other: (typeof found)[0]) =>
    compare(one.fits, other.fits) || one.id - other.id;
  return [...found.sort(inOrder), ...close.sort(inOrder)].map(({ id }) => id);
}

const compare = (a: number[], b: number[]) =>
  a.map((fit, at) => fit - b[at]!).find((difference) => difference !== 0) ?? 0;

/** 0 exact, 1 prefix, 2 word prefix, 3 inside, 5 none. */
function fitOf(person: Person, word: string): number {
  const fields = fieldsOf(person);
  if (fields.includes(word)) return 0;
  if (fields.some((field) => field.startsWith(word))) return 1;
  if (fields.some((field) => field.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)))) return 2;
  return fields.some((field) => field.includes(word)) ? 3 : 5;
}

/** 4 where the word would be inside with one of the user's names in the place of a misspelt run of letters, else 5. */
function closeFit(person: Person, word: string, addressesToo: boolean): number {
  const fields = fieldsOf(person);
  const names = fields.flatMap((field) => field.split(/\P{L}+/u)).filter(({ length }) => length >= 2 && length <= 32);
  const runs = [...word.matchAll(/\p{L}+/gu)].filter(([run]) => run === word || (addressesToo && run.length >= 4));
  const close = runs.some(({ 0: run, index }) =>
    names
      .filter((name) => isClose(run, name, run === word ? 2 : 1))
      .map((name) => word.slice(0, index) + name + word.slice(index + run.length))
      .some((meant) => fields.some((field) => field.includes(meant))),
  );
  return close ? 4 : 5;
}

const fieldsOf = ({ username, email, firstName, lastName }: Person) =>
  [username, email, firstName, lastName].map((field) => fold(field).trim());

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'á', 'ß'), minLength: 1, maxLength: 4 });
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Jane', 'jané', 'Janet', 'Jaen', 'Christopher', 'Chritsopher', 'Mary Jane') },
  { weight: 3, arbitrary: letters },
  {
    weight: 1,
    arbitrary: fc.tuple(letters, fc.constantFrom(' ', '.', '-', '7', "'"), letters).map((all) => all.join('')),
  },
);
// On either side of where the sample ends, and where blocks begin.
const near = (boundary: number) => fc.integer({ min: boundary - 2, max: boundary + 2 });
const id = fc.oneof(near(3), near(1_024), near(32_768), near(3 * 32_768), fc.integer({ min: 1, max: 100_000 }));
const population = fc.uniqueArray(
  fc.record({
    id,
    username: name,
    email: fc.tuple(letters, fc.constantFrom('a.b', 'ab.com', 'jane.com')).map((parts) => parts.join('@')),
    firstName: fc.oneof(fc.constant(''), name),
    lastName: fc.oneof(fc.constant(''), name),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
);
const misspelt = fc.constantFrom('jnae', 'jan', 'chirstopher', 'christohpre', 'jane7', 'com', 'b.co', 'jnae@ab.com');
const query = fc
  .array(fc.oneof(letters, name, misspelt), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '));

const BOUNDS: [string, Bounds][] = [
  ['as they come', { few: 300, budgetMs: 60_000 }],
  ['range by range, and all that is better at once where it is very little', { few: 2, budgetMs: 60_000 }],
  ['range by range', { few: 0, budgetMs: 60_000 }],
];

const search = (environment: string, q: string, limit: number, bounds?: Bounds) =>
  searchUsers(views.postgres.prepared, environment, { q, limit }, bounds);

describe('any population and query', () => {
  it.each(BOUNDS)('are ranked %s as they would be by comparing everybody', async (_, bounds) => {
    await fc.assert(
      fc.asyncProperty(
        population,
        fc.array(query, { minLength: 4, maxLength: 8 }),
        fc.integer({ min: 1, max: 8 }),
        async (people, queries, limit) => {
          const environment = await views.environmentOf(people);
          for (const q of queries) {
            const ids = await search(environment, q, limit, bounds);
            expect({ q, ids }).toEqual({ q, ids: rankSlowly(people, q).slice(0, limit) });
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('users who came or changed after their environment was sampled', () => {
  const few = Array.from({ length: 20 }, (_, at) => person(at + 1, { firstName: 'Jane', lastName: 'Sample' }));
  const renamed = few.map((user) => ({ ...user, firstName: 'Chloe', email: `${user.id}@chloe.org` }));
  const later = Array.from({ length: 700 }, (_, at) => person(1_500 + at, { firstName: 'Jnae', lastName: 'Later' }));
  const queries = ['jane', 'chloe', 'jnae', 'later', 'chole.org', 'jane sample', 'jnae later', 'ltaer jane', '@c'];

  it('are found and ranked like all others', async () => {
    const environment = await views.environmentOf(few);
    expect(await search(environment, 'jane', 30)).toEqual(rankSlowly(few, 'jane'));
    const changes = few.map((before, at) => ({ environment, id: before.id, before, now: renamed[at]! }));
    const registered = later.map((now) => ({ environment, id: now.id, now }));
    await views.postgres.transaction(async (tx) => writeSearch(prepared(tx), [...changes, ...registered]));
    for (const q of queries) {
      const ids = await search(environment, q, 30);
      expect({ q, ids }).toEqual({ q, ids: rankSlowly([...renamed, ...later], q).slice(0, 30) });
    }
  });
});

describe('words that too many users have for all of these to be compared', () => {
  it('are refused from six on instead of being a burden to others', async () => {
    const environment = await views.environmentOf([person(1, { username: 'abcdef' }), person(2_000, {})]);
    const bounds = { few: 0, budgetMs: -1 };
    await expect(search(environment, 'a b c d e f', 5, bounds)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await search(environment, 'a b c d e', 5, bounds)).toEqual([1]);
  });

  it('do not take what was found from whoever asked for it', async () => {
    const names = (lastName: string) => ({ username: 'jane', email: 'smith@x', firstName: 'harry-tom', lastName });
    const environment = await views.environmentOf([
      person(1, names('bertram')),
      ...Array.from({ length: 20 }, (_, at) => person(2_000 + at, names('bertran'))),
    ]);
    // As few as the one who is found at once, fewer than those who may have been meant.
    const bounds = { few: 1, budgetMs: -1 };
    const words = 'jane smith harry tom jan';
    await expect(search(environment, `${words} bertrax`, 5, bounds)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await search(environment, `${words} bertram`, 5, bounds)).toEqual([1]);
  });
});
