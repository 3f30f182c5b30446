import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Namespace, Postgres } from '#platform';
import { writeSearch } from '../projections/search-rows.js';
import { SEARCH_TABLES } from '../projections/search-tables.js';
import { fold } from '../projections/search-text.js';
import { bestHits, type Bounds } from './search-hits.js';
import { isClose } from './search-spelling.js';
import { SearchQuery, SearchUsers, SearchUsersHandler, soughtWords } from './search-users.js';

const namespace = new Namespace(`search_${randomUUID().slice(0, 8)}`);
const postgres = new Postgres(process.env['DATABASE_URL']!, namespace, { max: 4 });
const handler = new SearchUsersHandler(postgres);

interface Person {
  id: number;
  username: string;
  email: string;
  firstName: string;
  lastName: string;
}

let environments = 0;

/** A new environment with these users. */
async function environmentOf(people: readonly Person[]): Promise<string> {
  const environment = `e${++environments}`;
  await postgres.transaction((tx) =>
    writeSearch(
      tx,
      people.map((person) => ({ environment, ...person })),
      [],
    ),
  );
  for (const { id, username, email, firstName, lastName } of people) {
    await postgres.query('INSERT INTO users VALUES ($1, $2, $3, $4, $5, $6, true)', [
      environment,
      id,
      username,
      email,
      firstName,
      lastName,
    ]);
  }
  return environment;
}

const person = (id: number, details: Partial<Person>): Person => ({
  id,
  username: `u${id}`,
  email: `${id}@x`,
  firstName: '',
  lastName: '',
  ...details,
});

const search = async (environment: string, q: string, limit = 20) =>
  (await handler.execute(new SearchUsers(environment, q, limit))).map(({ id }) => id);

beforeAll(async () => {
  const schema = namespace.schema('registry');
  await postgres.query(`CREATE SCHEMA "${schema}"`);
  await postgres.query(`CREATE TABLE users (environment text, id bigint, username text, email text, first_name text,
    last_name text, is_active boolean, PRIMARY KEY (environment, id))`);
  await postgres.query(SEARCH_TABLES);
});

afterAll(async () => {
  await postgres.query(`DROP SCHEMA "${namespace.schema('registry')}" CASCADE`);
  await postgres.close();
});

describe('the ranking', () => {
  it('puts exact before prefix, prefix before word prefix, that before inside, and close spellings last', async () => {
    const environment = await environmentOf([
      person(1, { firstName: 'Jaen' }),
      person(2, { firstName: 'Mujane' }),
      person(3, { firstName: 'Mary Janet' }),
      person(4, { firstName: 'Janette' }),
      person(5, { firstName: 'Jane' }),
    ]);
    expect(await search(environment, 'jane')).toEqual([5, 4, 3, 2, 1]);
  });

  it('takes the best field of a word, and the best word of a user, then the next', async () => {
    const environment = await environmentOf([
      person(1, { firstName: 'Janet', lastName: 'Smithers' }),
      person(2, { firstName: 'Xjane', lastName: 'Smith' }),
      person(3, { firstName: 'Janet', lastName: 'Smith' }),
      person(4, { firstName: 'Jane', lastName: 'Smith' }),
    ]);
    expect(await search(environment, 'jane smith')).toEqual([4, 3, 2, 1]);
  });

  it('orders users who fit alike by their ids', async () => {
    const environment = await environmentOf([3, 1, 2].map((id) => person(id, { lastName: 'Smith' })));
    expect(await search(environment, 'smith')).toEqual([1, 2, 3]);
    expect(await search(environment, 'smith', 2)).toEqual([1, 2]);
  });

  it('wants every word to be in one of the four fields', async () => {
    const environment = await environmentOf([
      person(1, { firstName: 'Jane', email: 'jane@acme.org' }),
      person(2, { firstName: 'Jane', email: 'jane@other.org' }),
    ]);
    expect(await search(environment, 'jane acme')).toEqual([1]);
    expect(await search(environment, 'jane nowhere')).toEqual([]);
  });

  it('leaves close spellings out where those spelt so fill the limit', async () => {
    const environment = await environmentOf([person(1, { firstName: 'Jaen' }), person(2, { firstName: 'Jane' })]);
    expect(await search(environment, 'jane', 1)).toEqual([2]);
  });
});

describe('what fits', () => {
  it('finds names without regard to case and accents, on either side', async () => {
    const environment = await environmentOf([
      person(1, { firstName: 'Zoë', lastName: 'Ångström' }),
      person(2, { firstName: 'ŁUKASZ', lastName: 'Straße' }),
    ]);
    expect(await search(environment, 'zoe angstrom')).toEqual([1]);
    expect(await search(environment, 'ZÖÉ')).toEqual([1]);
    expect(await search(environment, 'łukasz STRASSE')).toEqual([2]);
    expect(await search(environment, 'lukasz straße')).toEqual([2]);
  });

  it.each(['%', '_', '\\', "'", '"', '$1', '{', '.*', '\\%'])('takes %s for itself', async (mark) => {
    const environment = await environmentOf([person(1, { username: 'plain' }), person(2, { username: `a${mark}b` })]);
    expect(await search(environment, mark)).toEqual([2]);
    expect(await search(environment, `a${mark}b`)).toEqual([2]);
  });

  it.each([
    ['jnae', 'Jane'],
    ['jan', 'Jane'],
    ['jmaes', 'James'],
    ['chirstohper', 'Christopher'],
    ['katherien', 'Katherine'],
    ['rodriques', 'Rodríguez'],
    ['мраия', 'Мария'],
  ])('finds %s under its close spelling %s', async (q, firstName) => {
    const environment = await environmentOf([person(1, { firstName }), person(2, { firstName: 'Wolfgang' })]);
    expect(await search(environment, q)).toEqual([1]);
  });

  it('finds a misspelt address by its parts', async () => {
    const environment = await environmentOf([person(7, { email: 'jane.smith@example.com' })]);
    expect(await search(environment, 'jane.smiht@exmaple.com')).toEqual([7]);
    expect(await search(environment, 'smith.jane@example.com')).toEqual([]);
  });

  it('shows no other environment', async () => {
    const one = await environmentOf([person(1, { firstName: 'Jane' })]);
    const other = await environmentOf([person(2, { firstName: 'John' })]);
    expect(await search(one, 'jane')).toEqual([1]);
    expect(await search(other, 'jane')).toEqual([]);
    expect(await search(other, 'jnae')).toEqual([]);
  });

  it.each([
    'a'.repeat(200),
    'ab '.repeat(60),
    [...'abcdefghijklmnopqrstuvwxyz0123456789.@-_'].join(' '),
    '´',
    '\u0301',
  ])('answers %s', async (q) => {
    const environment = await environmentOf([person(1, { username: 'b'.repeat(150) })]);
    expect(await search(environment, q)).toEqual([]);
  });
});

describe('what is kept', () => {
  const kept = async (environment: string) => [
    (await postgres.query('SELECT * FROM user_search WHERE environment = $1 ORDER BY id', [environment])).rows,
    (await postgres.query('SELECT * FROM search_names WHERE environment = $1 ORDER BY name', [environment])).rows,
  ];

  it('is the same whatever came before', async () => {
    const one = person(1, { firstName: 'Jane', lastName: 'Smith' });
    const other = person(2, { firstName: 'Jane', lastName: 'Doe' });
    const environment = await environmentOf([one, { ...other, firstName: 'Mary' }, person(3, { firstName: 'Gone' })]);
    await writeSearch(postgres, [{ environment, ...other }], [{ environment, id: 3 }]);
    await writeSearch(postgres, [{ environment, ...one }], [{ environment, id: 3 }]);
    const changed = await kept(environment);
    await writeSearch(
      postgres,
      [],
      [1, 2].map((id) => ({ environment, id })),
    );
    expect(await kept(environment)).toEqual([[], []]);
    await writeSearch(
      postgres,
      [one, other].map((user) => ({ environment, ...user })),
      [],
    );
    expect(await kept(environment)).toEqual(changed);
  });

  it('takes the longest names, and those that grow when folded', async () => {
    const name = '\ufdfa'.repeat(150);
    const environment = await environmentOf([
      person(1, { username: name, firstName: name, lastName: '한'.repeat(150) }),
    ]);
    expect(await search(environment, '한한한')).toEqual([1]);
    expect(await search(environment, '\ufdfa')).toEqual([1]);
  });
});

/** The ids of everybody who fits, best first, by the words of the contract and nothing clever. */
function rankSlowly(people: readonly Person[], q: string): number[] {
  const words = q.split(/\s+/).map(fold).filter(Boolean);
  return people
    .map((person) => ({ id: person.id, fits: words.map((word) => fitOf(person, word)).sort((a, b) => a - b) }))
    .filter(({ fits }) => fits.every((fit) => fit <= 4))
    .sort((a, b) => Number(a.fits.includes(4)) - Number(b.fits.includes(4)) || compare(a.fits, b.fits) || a.id - b.id)
    .map(({ id }) => id);
}

const compare = (a: number[], b: number[]) =>
  a.map((fit, at) => fit - b[at]!).find((difference) => difference !== 0) ?? 0;

/** 0 exact, 1 prefix, 2 word prefix, 3 inside, 4 a close spelling, 5 none. */
function fitOf({ username, email, firstName, lastName }: Person, word: string): number {
  const fields = [username, email, firstName, lastName].map((field) => fold(field).trim());
  const inside = (what: string) => fields.some((field) => field.includes(what));
  if (fields.includes(word)) return 0;
  if (fields.some((field) => field.startsWith(word))) return 1;
  if (fields.some((field) => field.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)))) return 2;
  if (inside(word)) return 3;
  const names = fields.flatMap((field) => field.split(/\P{L}+/u)).filter(({ length }) => length >= 2 && length <= 32);
  const parts = word.match(/\p{L}+|\p{N}+/gu) ?? [];
  const close = parts.filter((part) => !inside(part) && names.some((name) => isClose(part, name)));
  return close.length > 0 && parts.every((part) => inside(part) || close.includes(part)) ? 4 : 5;
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'á', 'ß'), minLength: 1, maxLength: 4 });
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Jane', 'jané', 'Janet', 'Jaen', 'Christopher', 'Chritsopher', 'Mary Jane') },
  { weight: 3, arbitrary: letters },
  {
    weight: 1,
    arbitrary: fc.tuple(letters, fc.constantFrom(' ', '.', '-', '7', "'"), letters).map((all) => all.join('')),
  },
);
const population = fc.uniqueArray(
  fc.record({
    id: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40_000 })),
    username: name,
    email: fc.tuple(letters, fc.constantFrom('a.b', 'ab.com', 'jane.com')).map((parts) => parts.join('@')),
    firstName: fc.oneof(fc.constant(''), name),
    lastName: fc.oneof(fc.constant(''), name),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
);
const misspelt = fc.constantFrom('jnae', 'jan', 'chirstopher', 'christohpre', 'jane7', 'com', 'b.co', 'jnae@ab.com');
const query = fc
  .array(fc.oneof(letters, name, misspelt), { minLength: 1, maxLength: 4 })
  .map((words) => words.join(' '));

const BOUNDS: [string, Bounds][] = [
  ['what it has at once', { firstUsers: 512, candidates: 2_000 }],
  ['the index', { firstUsers: 1, candidates: 2_000 }],
  ['the best combinations', { firstUsers: 4, candidates: 2 }],
  ['blocks of ids', { firstUsers: 1, candidates: 0 }],
];

describe('any population and query', () => {
  it.each(BOUNDS)('is ranked from %s as it would be by comparing everybody', async (_, bounds) => {
    await fc.assert(
      fc.asyncProperty(
        population,
        fc.array(query, { minLength: 4, maxLength: 8 }),
        fc.integer({ min: 1, max: 8 }),
        async (people, queries, limit) => {
          const environment = await environmentOf(people);
          for (const q of queries) {
            const words = soughtWords(q);
            const hits = await postgres.transaction(async (db) => {
              await db.query('SET LOCAL enable_seqscan = off');
              return bestHits({ db, environment, words, limit }, bounds);
            });
            expect({ q, ids: hits.map(({ id }) => id) }).toEqual({ q, ids: rankSlowly(people, q).slice(0, limit) });
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the parameters', () => {
  it('trims q, and takes 20 for the limit', () => {
    expect(SearchQuery.parse({ q: '  jane \n' })).toEqual({ q: 'jane', limit: 20 });
    expect(SearchQuery.parse({ q: 'x'.repeat(200), limit: '100' }).limit).toBe(100);
  });

  it.each([
    {},
    { q: '' },
    { q: ' ' },
    { q: 'x'.repeat(201) },
    { q: 'a\0b' },
    { q: 'a\ud800b' },
    { q: ['a', 'b'] },
    { q: 'a', limit: '0' },
    { q: 'a', limit: '101' },
    { q: 'a', limit: '' },
    { q: 'a', limit: '1e1' },
    { q: 'a', page: '1' },
  ])('refuses %j', (query) => {
    expect(SearchQuery.safeParse(query).success).toBe(false);
  });
});
