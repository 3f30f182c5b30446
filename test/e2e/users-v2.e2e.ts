import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Tidemark } from '@tidemark/client';
import { ApiDocument } from '../support/api-document.js';
import { type Service, startService } from '../support/service.js';
import { typedClient } from '../support/typed-client.js';

describe('users on v2', () => {
  let service: Service;
  let tidemark: Tidemark;
  const list = async (query: { limit?: number; after?: string; before?: string } = {}) =>
    (await tidemark.GET('/api/v2/users', { params: { query } })).data!;
  /** The page that a member of `pagination` leads to. */
  const follow = (query: string | undefined) => list(Object.fromEntries(new URLSearchParams(query)));

  beforeAll(async () => {
    service = await startService();
    tidemark = await typedClient(service, await ApiDocument.of(service.url), 'demo');
    for (const username of ['ann', 'bob', 'cid']) {
      const body = { username, email: `${username}@example.com`, firstName: username, profile: { team: 1 } };
      expect((await tidemark.POST('/api/v3/users', { body })).response.status).toBe(201);
    }
  });
  afterAll(() => service?.stop());

  it('lists users in the order of their _id, with a cursor in both directions', async () => {
    const first = await list({ limit: 1 });
    expect(first).toEqual({
      status: 'ok',
      data: [
        {
          _id: expect.stringMatching(/^[0-9a-f]{24}$/),
          username: 'ann',
          profile: { team: 1, firstName: 'ann', lastName: '', email: 'ann@example.com' },
          _createdOn: expect.any(String),
        },
      ],
      pagination: { hasPrevious: false, hasNext: true, next: `limit=1&after=${first.data[0]!._id}` },
    });
    const second = await follow(first.pagination.next);
    expect(second).toMatchObject({ data: [{ username: 'bob' }], pagination: { hasPrevious: true, hasNext: true } });
    const back = await follow(second.pagination.previous);
    expect(back.data).toEqual(first.data);
    const all = await list();
    expect(all.data).toHaveLength(3);
    expect(all.pagination).toEqual({ hasPrevious: false, hasNext: false });
  });

  it('leads from an empty page back to everybody', async () => {
    const { data: users } = await list();
    const before = await list({ limit: 1, before: users[0]!._id });
    expect(before).toMatchObject({ data: [], pagination: { hasPrevious: false, hasNext: true, next: 'limit=1' } });
    const after = await list({ limit: 1, after: users.at(-1)!._id });
    expect(after).toMatchObject({ data: [], pagination: { hasNext: false, hasPrevious: true } });
    const back = await follow(after.pagination.previous);
    expect(back.data[0]!._id).toBe(users.at(-1)!._id);
  });

  it('shows one user as an array of one, with all details', async () => {
    const { _id } = (await list({ limit: 1 })).data[0]!;
    const one = await tidemark.GET('/api/v2/users/{userId}', { params: { path: { userId: _id } } });
    expect(one.data).toEqual({
      status: 'ok',
      data: [
        {
          _id,
          id: 1,
          username: 'ann',
          email: 'ann@example.com',
          firstName: 'ann',
          lastName: '',
          isActive: true,
          profile: { team: 1, firstName: 'ann', lastName: '', email: 'ann@example.com' },
          _createdOn: expect.any(String),
          _lastModifiedOn: expect.any(String),
        },
      ],
    });
  });

  it('says what is wrong in its own envelope', async () => {
    const unknown = await tidemark.GET('/api/v2/users/{userId}', { params: { path: { userId: '0'.repeat(24) } } });
    expect(unknown.response.status).toBe(404);
    expect(unknown.error).toMatchObject({ status: 'error', error: { code: 'not-found', message: expect.any(String) } });
    const malformed = await tidemark.GET('/api/v2/users/{userId}', { params: { path: { userId: 'xyz' } } });
    expect(malformed).toMatchObject({ response: { status: 400 }, error: { status: 'error' } });
    const none = await tidemark.GET('/api/v2/users', { params: { query: { limit: 0 } } });
    expect(none).toMatchObject({ response: { status: 400 }, error: { status: 'error' } });
    const noEnvironment = await fetch(`${service.url}/api/v2/users`, {
      headers: { authorization: `Bearer ${await service.token()}` },
    });
    expect(noEnvironment.status).toBe(400);
    expect(await noEnvironment.json()).toMatchObject({ status: 'error', error: { code: 'environment-required' } });
  });
});
