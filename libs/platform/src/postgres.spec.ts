import { afterEach, describe, expect, it } from '@jest/globals';
import { isOutage } from './http/problem-filter.js';
import { Namespace } from './namespace.js';
import { Postgres } from './postgres.js';

describe('a statement that gets no answer', () => {
  const postgres = () => new Postgres(process.env.DATABASE_URL!, new Namespace('t'), { max: 1, queryTimeoutMs: 100 });
  let open: Postgres;
  afterEach(() => open.close());

  it('is given up as an outage, and the next one has another connection', async () => {
    open = postgres();
    const error: unknown = await open.query('SELECT pg_sleep(20)').catch((thrown: unknown) => thrown);
    expect(isOutage(error)).toBe(true);
    expect((await open.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('ends its transaction at once', async () => {
    open = postgres();
    const work = open.transaction((tx) => tx.query('SELECT pg_sleep(20)'));
    await expect(work).rejects.toThrow('Query read timeout');
    expect((await open.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
