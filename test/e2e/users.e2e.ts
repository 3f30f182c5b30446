import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Service, startService } from '../support/service.js';

const jane = { username: 'jane', email: 'jane@example.com' };

describe('users on v3', () => {
  let service: Service;
  const register = async (client: Client, username: string, more: object = {}) => {
    const { status, body } = await client('POST', '/api/v3/users', {
      username,
      email: `${username}@example.com`,
      ...more,
    });
    expect(status).toBe(201);
    return body as { id: number; objectId: string };
  };

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.stop());

  it('answers a registration with the user that the very next read shows', async () => {
    const demo = await service.client('registration');
    const created = await demo('POST', '/api/v3/users', { ...jane, profile: { team: 'tide' } });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      ...jane,
      id: 1,
      objectId: expect.stringMatching(/^[0-9a-f]{24}$/),
      firstName: '',
      lastName: '',
      isActive: true,
      profile: { team: 'tide' },
      createdOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      lastModifiedOn: created.body.createdOn,
      lastActiveOn: null,
    });
    expect(created.headers.get('location')).toBe('/api/v3/users/1');
    const read = await demo('GET', '/api/v3/users/1');
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
  });

  it('refuses a name that another has, in whatever spelling, and says which', async () => {
    const demo = await service.client('names');
    await register(demo, 'jane');
    const username = await demo('POST', '/api/v3/users', { username: ' JANE ', email: 'other@example.com' });
    expect(username).toMatchObject({ status: 409, body: { type: '/problems/username-taken', status: 409 } });
    expect(username.headers.get('content-type')).toMatch('application/problem+json');
    const email = await demo('POST', '/api/v3/users', { username: 'other', email: 'Ｊane@Example.com' });
    expect(email).toMatchObject({ status: 409, body: { type: '/problems/email-taken' } });
  });

  it('gives exactly one of many that claim a name at once the name, and everybody an answer', async () => {
    const demo = await service.client('claims');
    const claims = Array.from({ length: 100 }, (_, index) =>
      demo('POST', '/api/v3/users', { username: `name${index % 5}`, email: `user${index}@example.com` }),
    );
    const statuses = (await Promise.all(claims)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(5);
    expect(statuses.filter((status) => status === 409)).toHaveLength(95);
    const list = await demo('GET', '/api/v3/users');
    expect(list.body.count).toBe(5);
    expect(list.body.results.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('replaces everything by PUT and only what is sent by PATCH', async () => {
    const demo = await service.client('changes');
    await register(demo, 'jane', { firstName: 'Jane', profile: { a: 1, b: { c: 2 } } });
    const patched = await demo('PATCH', '/api/v3/users/1', { lastName: 'Doe', profile: { a: null, b: { d: 3 } } });
    expect(patched).toMatchObject({
      status: 200,
      body: { firstName: 'Jane', lastName: 'Doe', profile: { b: { c: 2, d: 3 } } },
    });
    expect(patched.body.profile).not.toHaveProperty('a');
    const put = await demo('PUT', '/api/v3/users/1', { ...jane, username: 'janet' });
    expect(put).toMatchObject({
      status: 200,
      body: { username: 'janet', firstName: '', lastName: '', profile: {}, isActive: true },
    });
    expect(put.headers.get('etag')).toBe('"3"');
    expect((await demo('GET', '/api/v3/users/1')).body).toEqual(put.body);
  });

  it('takes a merge patch under its own media type too', async () => {
    const demo = await service.client('merge');
    await register(demo, 'jane');
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect(await demo('PATCH', '/api/v3/users/1', { isActive: false }, headers)).toMatchObject({
      status: 200,
      body: { isActive: false },
    });
  });

  it('lets every PATCH without If-Match count, whatever their order', async () => {
    const demo = await service.client('counting');
    await register(demo, 'jane');
    const patches = Array.from({ length: 40 }, (_, index) =>
      demo('PATCH', '/api/v3/users/1', { profile: { [`field${index}`]: index } }),
    );
    expect((await Promise.all(patches)).every(({ status }) => status === 200)).toBe(true);
    const read = await demo('GET', '/api/v3/users/1');
    expect(Object.keys(read.body.profile as object)).toHaveLength(40);
    expect(read.headers.get('etag')).toBe('"41"');
  });

  it('lets only one of those that name a version with If-Match change it', async () => {
    const demo = await service.client('versions');
    await register(demo, 'jane');
    const patches = Array.from({ length: 10 }, (_, index) =>
      demo('PATCH', '/api/v3/users/1', { firstName: `${index}` }, { 'if-match': '"1"' }),
    );
    const statuses = (await Promise.all(patches)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(9);
  });

  it('answers 304 to who has the current version', async () => {
    const demo = await service.client('caching');
    await register(demo, 'jane');
    const fresh = await demo('GET', '/api/v3/users/1', undefined, { 'if-none-match': '"1"' });
    expect(fresh).toMatchObject({ status: 304, body: '' });
    await demo('PATCH', '/api/v3/users/1', { firstName: 'J' });
    expect((await demo('GET', '/api/v3/users/1', undefined, { 'if-none-match': '"1"' })).status).toBe(200);
  });

  it('deletes a user everywhere, frees the names and never uses the id again', async () => {
    const demo = await service.client('deletion');
    const { objectId } = await register(demo, 'jane');
    expect(await demo('DELETE', '/api/v3/users/1')).toMatchObject({ status: 204, body: '' });
    for (const [method, path] of [
      ['GET', '/api/v3/users/1'],
      ['PATCH', '/api/v3/users/1'],
      ['DELETE', '/api/v3/users/1'],
      ['GET', `/api/v2/users/${objectId}`],
    ] as const) {
      expect(await demo(method, path, method === 'PATCH' ? {} : undefined)).toMatchObject({ status: 404 });
    }
    expect(await register(demo, 'jane')).toMatchObject({ id: 2 });
    expect((await demo('GET', '/api/v3/users')).body).toMatchObject({ count: 1, results: [{ id: 2 }] });
  });

  it('pages through the list by the links that it gives, each user once', async () => {
    const demo = await service.client('pages');
    await Promise.all(
      Array.from({ length: 7 }, (_, index) => register(demo, `user${index}`, { isActive: index !== 3 })),
    );
    const seen: number[] = [];
    let url: string | null = '/api/v3/users?page_size=2&isActive=true';
    while (url !== null) {
      const { body } = await demo('GET', url.replace(service.url, ''));
      expect(body.count).toBe(6);
      seen.push(...(body.results as { id: number }[]).map(({ id }) => id));
      url = body.next as string | null;
      if (url) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v3\/users\?.*isActive=true/);
    }
    expect(seen).toHaveLength(6);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await demo('GET', '/api/v3/users?page=8&page_size=1')).toMatchObject({ status: 404 });
    expect((await demo('GET', '/api/v3/users?page=7&page_size=1')).body).toMatchObject({
      next: null,
      previous: expect.any(String),
    });
  });

  it('shows an environment without users as an empty first page', async () => {
    const nobody = await service.client('nobody');
    expect((await nobody('GET', '/api/v3/users')).body).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  it('keeps environments apart, ids and names included', async () => {
    const [one, two] = [await service.client('tenant-one'), await service.client('tenant-two')];
    const first = await register(one, 'jane');
    expect(await two('GET', '/api/v3/users/1')).toMatchObject({ status: 404 });
    const second = await register(two, 'jane');
    expect(second.id).toBe(first.id);
    expect(second.objectId).not.toBe(first.objectId);
    expect(await two('GET', `/api/v2/users/${first.objectId}`)).toMatchObject({ status: 404 });
  });

  it('answers a command that is sent again under its Idempotency-Key as it did at first', async () => {
    const demo = await service.client('repeats');
    const send = (body: object, key = 'key-1') => demo('POST', '/api/v3/users', body, { 'idempotency-key': key });
    const [first, again] = [await send(jane), await send(jane)];
    expect(again).toMatchObject({ status: 201, body: first.body });
    await demo('PATCH', '/api/v3/users/1', { firstName: 'Changed since' });
    const afterwards = await send(jane);
    expect(afterwards).toMatchObject({ status: 201, body: first.body });
    expect(afterwards.headers.get('etag')).toBe('"1"');
    expect((await demo('GET', '/api/v3/users')).body.count).toBe(1);
    expect(await send({ ...jane, username: 'other' })).toMatchObject({
      status: 422,
      body: { type: '/problems/idempotency-key-reused' },
    });
    const remove = () => demo('DELETE', '/api/v3/users/1', undefined, { 'idempotency-key': 'key-2' });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect(await send(jane)).toMatchObject({ status: 201, body: first.body });
  });
});

describe('users on v2', () => {
  let service: Service;
  let demo: Client;

  beforeAll(async () => {
    service = await startService();
    demo = await service.client('demo');
    for (const username of ['ann', 'bob', 'cid']) {
      await demo('POST', '/api/v3/users', {
        username,
        email: `${username}@example.com`,
        firstName: username,
        profile: { team: 1 },
      });
    }
  });
  afterAll(() => service?.stop());

  it('lists users in the order of their _id, with a cursor in both directions', async () => {
    const first = await demo('GET', '/api/v2/users?limit=1');
    expect(first.body).toEqual({
      status: 'ok',
      data: [
        {
          _id: expect.stringMatching(/^[0-9a-f]{24}$/),
          username: 'ann',
          profile: { team: 1, firstName: 'ann', lastName: '', email: 'ann@example.com' },
          _createdOn: expect.any(String),
        },
      ],
      pagination: { hasPrevious: false, hasNext: true, next: `limit=1&after=${first.body.data[0]._id}` },
    });
    const second = await demo('GET', `/api/v2/users?${first.body.pagination.next}`);
    expect(second.body).toMatchObject({
      data: [{ username: 'bob' }],
      pagination: { hasPrevious: true, hasNext: true },
    });
    const back = await demo('GET', `/api/v2/users?${second.body.pagination.previous}`);
    expect(back.body.data).toEqual(first.body.data);
    const all = await demo('GET', '/api/v2/users');
    expect(all.body.data).toHaveLength(3);
    expect(all.body.pagination).toEqual({ hasPrevious: false, hasNext: false });
  });

  it('leads from an empty page back to everybody', async () => {
    const first = (await demo('GET', '/api/v2/users?limit=1')).body.data[0]._id as string;
    const before = await demo('GET', `/api/v2/users?limit=1&before=${first}`);
    expect(before.body).toMatchObject({ data: [], pagination: { hasPrevious: false, hasNext: true, next: 'limit=1' } });
    const last = (await demo('GET', '/api/v2/users')).body.data.at(-1)._id as string;
    const after = await demo('GET', `/api/v2/users?limit=1&after=${last}`);
    expect(after.body).toMatchObject({ data: [], pagination: { hasNext: false, hasPrevious: true } });
    const back = await demo('GET', `/api/v2/users?${after.body.pagination.previous}`);
    expect(back.body.data[0]._id).toBe(last);
  });

  it('shows one user as an array of one, with all details', async () => {
    const [{ _id }] = (await demo('GET', '/api/v2/users?limit=1')).body.data;
    const one = await demo('GET', `/api/v2/users/${_id}`);
    expect(one.body).toEqual({
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
    const unknown = await demo('GET', `/api/v2/users/${'0'.repeat(24)}`);
    expect(unknown).toMatchObject({
      status: 404,
      body: { status: 'error', error: { code: 'not-found', message: expect.any(String) } },
    });
    expect(await demo('GET', '/api/v2/users/xyz')).toMatchObject({ status: 400, body: { status: 'error' } });
    expect(await demo('GET', '/api/v2/users?limit=0')).toMatchObject({ status: 400, body: { status: 'error' } });
    const noEnvironment = await fetch(`${service.url}/api/v2/users`, {
      headers: { authorization: `Bearer ${await service.token()}` },
    });
    expect(noEnvironment.status).toBe(400);
    expect(await noEnvironment.json()).toMatchObject({ status: 'error', error: { code: 'environment-required' } });
  });
});
