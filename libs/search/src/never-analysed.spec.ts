import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepared, type Queryable } from '#platform';
import { openSearchViews, type Person, person, type SearchViews } from '../test/search-views.js';
import { searchUsers } from './search.js';
import { SEARCH_INDEXES } from './tables.js';
import { writeSearch } from './write-search.js';

const USERS = 10_000;
const BATCH = 500;
const SYLLABLES = ['ka', 'to', 'mi', 'ren', 'sol', 'ver', 'lin', 'dor', 'pas', 'qui'];

/** Their names are made of the digits of their ids. */
function userOf(id: number): Person {
  const name = [...String(id)].map((digit) => SYLLABLES[Number(digit)]).join('');
  return person(id, { firstName: name, lastName: id % 2 ? 'Smith' : 'Miller' });
}

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const rowsOf = (plan: Plan): number =>
  Math.max(
    (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'],
    ...(plan.Plans ?? []).map(rowsOf),
  );

/** Answers, and notes how many rows or entries of an index the largest part of a statement's plan came to. */
const explaining = (db: Queryable, most: { rows: number }): Queryable => ({
  async query(text, values) {
    const explained = await db.query<{ 'QUERY PLAN': [object] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    // Decimals are kept as they were written, which is no number to count with.
    const { Plan: plan } = JSON.parse(JSON.stringify(explained.rows[0]!['QUERY PLAN'][0])) as { Plan: Plan };
    most.rows = Math.max(most.rows, rowsOf(plan));
    return db.query(text, values);
  },
});

describe('a search among users whose tables were never analysed', () => {
  let views: SearchViews;
  beforeAll(async () => {
    views = await openSearchViews(process.env.DATABASE_URL!);
    for (const table of ['user_search', 'search_names']) {
      await views.postgres.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
    }
    for (let first = 1; first <= USERS; first += BATCH) {
      const people = Array.from({ length: BATCH }, (_, at) => userOf(first + at));
      const changes = people.map((now) => ({ environment: 'acme', id: now.id, now }));
      await views.postgres.transaction(async (tx) => writeSearch(prepared(tx), changes));
    }
    await views.postgres.query(SEARCH_INDEXES);
  });
  afterAll(() => views.close());

  it.each(['tomi', 'u1234', 'miller torenmi', 'tomiern', 'miler tomirensol'])('of %s reads few rows', async (q) => {
    const most = { rows: 0 };
    const found = await searchUsers(explaining(views.postgres.prepared, most), 'acme', { q, limit: 20 });
    expect(found).not.toEqual([]);
    // The sample, which is read once to count by, is the most.
    expect(most.rows).toBeLessThan(USERS / 5);
  });
});
