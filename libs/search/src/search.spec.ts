import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSearchViews, person, type SearchViews } from '../test/search-views.js';
import { oneMistakeAway } from './spelling.js';
import { searchUsers } from './search.js';

let views: SearchViews;
beforeAll(async () => {
  views = await openSearchViews(process.env.DATABASE_URL!);
});
afterAll(() => views.close());

const search = (environment: string, q: string, limit = 20) =>
  searchUsers(views.postgres.prepared, environment, { q, limit });

describe('the ranking', () => {
  it('puts exact before prefix, prefix before word prefix, that before inside, and close spellings last', async () => {
    const environment = await views.environmentOf([
      person(1, { firstName: 'Jaen' }),
      person(2, { firstName: 'Mujane' }),
      person(3, { firstName: 'Mary Janet' }),
      person(4, { firstName: 'Janette' }),
      person(5, { firstName: 'Jane' }),
    ]);
    expect(await search(environment, 'jane')).toEqual([5, 4, 3, 2, 1]);
  });

  it('takes the best field of a word, and the best word of a user, then the next', async () => {
    const environment = await views.environmentOf([
      person(1, { firstName: 'Janet', lastName: 'Smithers' }),
      person(2, { firstName: 'Xjane', lastName: 'Smith' }),
      person(3, { firstName: 'Janet', lastName: 'Smith' }),
      person(4, { firstName: 'Jane', lastName: 'Smith' }),
    ]);
    expect(await search(environment, 'jane smith')).toEqual([4, 3, 2, 1]);
  });

  it('orders users who fit alike by their ids', async () => {
    const environment = await views.environmentOf([3, 1, 2].map((id) => person(id, { lastName: 'Smith' })));
    expect(await search(environment, 'smith')).toEqual([1, 2, 3]);
    expect(await search(environment, 'smith', 2)).toEqual([1, 2]);
  });

  it('wants every word to be in one of the four fields', async () => {
    const environment = await views.environmentOf([
      person(1, { firstName: 'Jane', email: 'jane@acme.org' }),
      person(2, { firstName: 'Jane', email: 'jane@other.org' }),
    ]);
    expect(await search(environment, 'jane acme')).toEqual([1]);
    expect(await search(environment, 'jane nowhere')).toEqual([]);
  });

  it('leaves close spellings out where those spelt so fill the limit', async () => {
    const environment = await views.environmentOf([person(1, { firstName: 'Jaen' }), person(2, { firstName: 'Jane' })]);
    expect(await search(environment, 'jane', 1)).toEqual([2]);
  });
});

describe('what fits', () => {
  it('finds names without regard to case and accents, on either side', async () => {
    const environment = await views.environmentOf([
      person(1, { firstName: 'Zoë', lastName: 'Ångström' }),
      person(2, { firstName: 'ŁUKASZ', lastName: 'Straße' }),
    ]);
    expect(await search(environment, 'zoe angstrom')).toEqual([1]);
    expect(await search(environment, 'ZÖÉ')).toEqual([1]);
    expect(await search(environment, 'łukasz STRASSE')).toEqual([2]);
    expect(await search(environment, 'lukasz straße')).toEqual([2]);
  });

  it.each([
    ['王小明', '小明', '王'],
    ['김철수', '철수', '김'],
    ['田中太郎', '太郎', '田中'],
    ['欧阳小明', '小明', '欧阳'],
    ['สมชายใจดี', 'สมชาย', 'ใจดี'],
  ])('finds %s, whose names are written without a space, first', async (q, firstName, lastName) => {
    const environment = await views.environmentOf([
      person(1, { username: `${q}2` }),
      person(2, { firstName, lastName }),
      person(3, { firstName: lastName, lastName: 'Smith' }),
    ]);
    expect(await search(environment, q)).toEqual([2, 1]);
    expect(await search(environment, `${lastName} ${firstName}`)).toEqual([2, 1]);
  });

  it.each(['O\u2019Brien', "O'BRIEN", '@obi', 'Brien, Jean\u2011Luc', '"Jean-Luc O\u02bcBrien" <obi@example.com>'])(
    'finds somebody as %s',
    async (q) => {
      const environment = await views.environmentOf([
        person(1, { username: 'obi', email: 'obi@example.com', firstName: 'Jean-Luc', lastName: "O'Brien" }),
        person(2, { username: 'other', email: 'other@example.org', firstName: 'Jean', lastName: 'Orban' }),
      ]);
      expect(await search(environment, q)).toEqual([1]);
    },
  );

  it.each(['%', '_', '\\', "'", '"', '$1', '{', '.*', '\\%'])('takes %s for itself', async (mark) => {
    const environment = await views.environmentOf([
      person(1, { username: 'plain' }),
      person(2, { username: `a${mark}b` }),
    ]);
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
    const environment = await views.environmentOf([person(1, { firstName }), person(2, { firstName: 'Wolfgang' })]);
    expect(await search(environment, q)).toEqual([1]);
  });

  it('finds a long name by any one mistake', async () => {
    const environment = await views.environmentOf([person(1, { firstName: 'Christoph' })]);
    const mistakes = oneMistakeAway('christoph').filter((_, at) => at % 3 === 0);
    for (const q of mistakes) expect({ q, ids: await search(environment, q) }).toEqual({ q, ids: [1] });
  });

  it('finds a misspelt address by its parts', async () => {
    const environment = await views.environmentOf([person(7, { email: 'jane.smith@example.com' })]);
    expect(await search(environment, 'jane.smiht@example.com')).toEqual([7]);
    expect(await search(environment, 'jane.smith@exmaple.com')).toEqual([7]);
    expect(await search(environment, 'smith.jane@example.com')).toEqual([]);
  });

  it('takes the longest names, and those that grow when folded', async () => {
    const name = '\ufdfa'.repeat(150);
    const environment = await views.environmentOf([
      person(1, { username: name, firstName: name, lastName: '한'.repeat(150) }),
    ]);
    expect(await search(environment, '한한한')).toEqual([1]);
    expect(await search(environment, '\ufdfa')).toEqual([1]);
  });

  it('shows no other environment', async () => {
    const one = await views.environmentOf([person(1, { firstName: 'Jane' })]);
    const other = await views.environmentOf([person(2, { firstName: 'John' })]);
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
    const environment = await views.environmentOf([person(1, { username: 'b'.repeat(150) })]);
    expect(await search(environment, q)).toEqual([]);
  });
});
