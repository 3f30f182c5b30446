import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Service, startService } from '../support/service.js';

const user = (username: string, more: object = {}) => ({ username, email: `${username}@example.com`, ...more });
const ids = (users: { id: number }[]) => users.map(({ id }) => id);

describe('many users', () => {
  let service: Service;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.stop());

  const batch = async (client: Client, users: unknown[], headers?: Record<string, string>) =>
    client('POST', '/api/v3/users/batch', users, headers);

  it('are registered by one request, each for itself, in their order', async () => {
    const client = await service.client('batch');
    const answer = await batch(client, [
      user('ann'),
      user('bob', { email: 'no address' }),
      user('ANN', { email: 'other@example.com' }),
      user('cid'),
      7,
    ]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        created: 2,
        rejected: [
          { index: 1, code: 'invalid', detail: expect.stringContaining('/email') },
          { index: 2, code: 'username-taken' },
          { index: 4, code: 'invalid' },
        ],
      },
    });
    expect((await client('GET', '/api/v3/users')).body).toMatchObject({
      count: 2,
      results: [
        { id: 1, username: 'ann' },
        { id: 2, username: 'cid' },
      ],
    });
  });

  it('come as lines too, one bad line no harm to the others', async () => {
    const client = await service.client('lines');
    const body = `${JSON.stringify(user('ann'))}\n\n{"username"\n${JSON.stringify(user('bob'))}\r\n`;
    const answer = await client('POST', '/api/v3/users/batch', body, { 'content-type': 'application/x-ndjson' });
    expect(answer).toMatchObject({ status: 200, body: { created: 2, rejected: [{ index: 1, code: 'invalid' }] } });
  });

  it('are registered once when the request is sent again under its Idempotency-Key', async () => {
    const client = await service.client('again');
    const send = () => batch(client, [user('ann'), user('ann'), user('bob')], { 'idempotency-key': 'k' });
    const [first, second] = [await send(), await send()];
    expect(first.body).toMatchObject({ created: 2, rejected: [{ index: 1 }] });
    expect(second.body).toEqual(first.body);
    expect((await client('GET', '/api/v3/users')).body.count).toBe(2);
    const reused = { status: 422, body: { type: '/problems/idempotency-key-reused' } };
    const more = [user('ann'), user('ann'), user('bob'), user('cid')];
    expect(await batch(client, more, { 'idempotency-key': 'k' })).toMatchObject(reused);
    expect(await batch(client, [user('dan')], { 'idempotency-key': 'k' })).toMatchObject(reused);
    expect(await client('POST', '/api/v3/users', user('eve'), { 'idempotency-key': 'k' })).toMatchObject(reused);
    expect((await client('GET', '/api/v3/users')).body.count).toBe(2);
  });

  it('are refused where they are too many or no list', async () => {
    const client = await service.client('refused');
    expect(
      await batch(
        client,
        Array.from({ length: 10_001 }, () => ({})),
      ),
    ).toMatchObject({ status: 413 });
    expect(await client('POST', '/api/v3/users/batch', user('ann'))).toMatchObject({ status: 422 });
    expect(await client('POST', '/api/v3/users/batch', '[')).toMatchObject({ status: 400 });
    expect((await batch(client, [])).body).toEqual({ created: 0, rejected: [] });
  });

  it('are paged through from any page, across blocks of ids and the gaps that deletions leave', async () => {
    const client = await service.client('pages');
    await batch(
      client,
      Array.from({ length: 2500 }, (_, index) => user(`u${index + 1}`)),
    );
    const gone = [1, 2, 999, 1000, 1001, 1500, 2500];
    await Promise.all(gone.map((id) => client('DELETE', `/api/v3/users/${id}`)));
    const left = Array.from({ length: 2500 }, (_, index) => index + 1).filter((id) => !gone.includes(id));
    const page = async (number: number, size: number) =>
      (await client('GET', `/api/v3/users?page=${number}&page_size=${size}`)).body as {
        count: number;
        results: { id: number }[];
      };
    for (const [number, size] of [
      [1, 500],
      [2, 500],
      [3, 500],
      [5, 500],
      [998, 1],
      [999, 1],
      [2493, 1],
      [125, 20],
    ] as const) {
      const { count, results } = await page(number, size);
      expect(count).toBe(left.length);
      expect(ids(results)).toEqual(left.slice((number - 1) * size, number * size));
    }
    for (const past of ['page=2494&page_size=1', 'page=1000000001', 'page=2147483647&page_size=500']) {
      expect((await client('GET', `/api/v3/users?${past}`)).status).toBe(404);
    }
  });

  it('are found by the best of their fields, whatever case, accents or a slip of the hand', async () => {
    const client = await service.client('search');
    await batch(client, [
      user('jane', { firstName: 'Zoë' }),
      user('janet'),
      user('mary-jane'),
      user('trojanex'),
      user('x', { firstName: 'Jäne', lastName: 'Łukasz' }),
      user('percent', { lastName: '100%_\\' }),
    ]);
    const search = async (q: string, limit = 20) =>
      ids(
        (await client('GET', `/api/v3/users/search?q=${encodeURIComponent(q)}&limit=${limit}`)).body as {
          id: number;
        }[],
      );
    expect(await search('JANE')).toEqual([1, 5, 2, 3, 4]);
    expect(await search('jane', 2)).toEqual([1, 5]);
    expect(await search('jnae')).toEqual(expect.arrayContaining([1, 3, 5]));
    expect(await search('zoe')).toEqual([1]);
    expect(await search('lukasz jane')).toEqual([5]);
    expect(await search('%_\\')).toEqual([6]);
    expect(await search('nobody')).toEqual([]);
    await client('DELETE', '/api/v3/users/1');
    await client('PATCH', '/api/v3/users/5', { firstName: 'Ann' });
    expect(await search('jane')).toEqual([2, 3, 4]);
    expect(await (await service.client('elsewhere'))('GET', '/api/v3/users/search?q=jane')).toMatchObject({
      status: 200,
      body: [],
    });
    for (const query of [
      '',
      '?q=',
      '?q=%20',
      `?q=${'x'.repeat(201)}`,
      '?q=a&limit=0',
      '?q=a&limit=101',
      '?q=a&q=b',
      '?q=a&b=c',
    ]) {
      expect((await client('GET', `/api/v3/users/search${query}`)).status).toBe(400);
    }
  });
});
