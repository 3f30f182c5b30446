import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type Client, type Service, startService } from '../support/service.js';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const ids = ({ body }: Answer) => (body.results as { id: number }[]).map(({ id }) => id);
const nextOf = ({ headers }: Answer) => /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];

describe('a walk through a list', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.stop());

  /** Follows what each page says of the next one, with something done in between. */
  async function walk(
    client: Client,
    first: string,
    follow: (answer: Answer) => string | null | undefined,
    between?: (turn: number) => Promise<unknown>,
  ): Promise<number[]> {
    const seen: number[] = [];
    let turn = 0;
    for (let path: string | undefined = first; path !== undefined; turn += 1) {
      const answer: Answer = await client('GET', path);
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      seen.push(...ids(answer));
      path = follow(answer)?.slice(service.url.length);
      if (path !== undefined) await between?.(turn);
    }
    return seen;
  }

  async function registerUsers(environment: string, count: number): Promise<Client> {
    const client = await service.client(environment);
    const users = numbers(count).map((n) => ({ username: `u${n}`, email: `u${n}@example.com`, isActive: n % 2 === 1 }));
    expect((await client('POST', '/api/v3/users/batch', users)).body).toEqual({ created: count, rejected: [] });
    return client;
  }

  // Between two pages go five of those who were shown, with the last among them, and one of those who are still to come.
  const gone = (turn: number) => [...[1, 2, 20, 49, 50].map((at) => turn * 50 + at), turn * 50 + 77];
  const leave = (client: Client) => (turn: number) =>
    Promise.all(gone(turn).map((id) => client('DELETE', `/api/v3/users/${id}`)));
  const stayed = numbers(1_000).filter((id) => !numbers(19).some((turn) => gone(turn - 1).includes(id)));

  it('of a thousand users meets everybody who stays, once, while others are deleted', async () => {
    const byLink = await registerUsers('by-link', 1_000);
    const met = await walk(byLink, '/api/v3/users?page_size=50', nextOf, leave(byLink));
    expect(met.filter((id) => stayed.includes(id))).toEqual(stayed);
    expect(new Set(met).size).toBe(met.length);

    const byBody = await registerUsers('by-body', 1_000);
    const also = await walk(byBody, '/api/v3/users?after=0&page_size=50', ({ body }) => body.next, leave(byBody));
    expect(also).toEqual(met);
  });

  it('by numbered pages misses some: these move', async () => {
    const client = await registerUsers('by-page', 1_000);
    const met = await walk(client, '/api/v3/users?page_size=50', ({ body }) => body.next, leave(client));
    expect(stayed.filter((id) => !met.includes(id)).length).toBeGreaterThan(50);
  });

  it('keeps filters and the size of a page, and counts everybody on each', async () => {
    const client = await registerUsers('filters', 25);
    await client('POST', '/api/v3/workspaces', { name: 'Here' });
    for (const id of [3, 4, 5, 9, 11]) {
      await client('PUT', `/api/v3/workspaces/1/permissions/users/${id}`, { role: 'viewer' });
    }
    const first = await client('GET', '/api/v3/users?isActive=true&workspace=1&page_size=2');
    expect(first.body).toMatchObject({ count: 4, results: [{ id: 3 }, { id: 5 }], previous: null });
    const address = `${service.url}/api/v3/users?isActive=true&workspace=1&page_size=2`;
    expect(first.body.next).toBe(`${address}&page=2`);
    expect(first.headers.get('link')).toBe(`<${address}&after=5>; rel="next"`);
    const second = await client('GET', '/api/v3/users?isActive=true&workspace=1&page_size=2&after=5');
    expect(second.body).toMatchObject({ count: 4, results: [{ id: 9 }, { id: 11 }], next: null, previous: null });
    expect(second.headers.get('link')).toBeNull();
    const page = await client('GET', '/api/v3/users?page=2&page_size=10');
    expect(page.headers.get('link')).toBe(`<${service.url}/api/v3/users?page_size=10&after=20>; rel="next"`);
  });

  it.each(['users', 'workspaces', 'groups', 'groups/1/members'])('of %s goes on by Link and by next', async (list) => {
    const client = await registerUsers(`all-${list.replace('/1/', '-')}`, 7);
    for (const n of numbers(7)) {
      for (const kind of ['workspaces', 'groups']) await client('POST', `/api/v3/${kind}`, { name: `${kind} ${n}` });
      await client('PUT', `/api/v3/groups/1/members/${n}`);
    }
    const first = `/api/v3/${list}?page_size=3`;
    expect(await walk(client, first, nextOf)).toEqual(numbers(7));
    expect(await walk(client, `${first}&after=0`, ({ body }) => body.next)).toEqual(numbers(7));
    expect(await walk(client, `${first}&page=2`, nextOf)).toEqual([4, 5, 6, 7]);
    const onwards = await client('GET', `${first}&after=2`);
    expect(onwards.body).toMatchObject({ count: 7, next: `${service.url}${first}&after=5`, previous: null });
    const beyond = await client('GET', `${first}&after=999999999999999`);
    expect({ status: beyond.status, body: beyond.body, link: beyond.headers.get('link') }).toEqual({
      status: 200,
      body: { count: 7, next: null, previous: null, results: [] },
      link: null,
    });
    for (const [query, parameter] of [
      ['after=1&page=1', 'after'],
      ['after=', 'after'],
      ['after=-1', 'after'],
      ['after=1.5', 'after'],
      ['after=x', 'after'],
      ['after=1&after=2', 'after'],
      ['after=1000000000000000', 'after'],
      ['page=0', 'page'],
    ]) {
      const { status, body } = await client('GET', `/api/v3/${list}?${query}`);
      expect({ query, status, errors: body.errors }).toMatchObject({ query, status: 400, errors: [{ parameter }] });
    }
    const both = await client('GET', `/api/v3/${list}?page=1&after=1`);
    expect(both.body.detail).toBe('after: cannot go together with page');
    expect((await client('GET', `/api/v3/${list}?page=4&page_size=3`)).status).toBe(404);
  });
});
