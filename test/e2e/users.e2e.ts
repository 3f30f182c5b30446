import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Tidemark, type User, type UserInput } from '@tidemark/client';
import { ApiDocument } from '../support/api-document.js';
import { type Service, startService } from '../support/service.js';
import { typedClient } from '../support/typed-client.js';

const jane = { username: 'jane', email: 'jane@example.com' };

interface Headers {
  'If-Match'?: string;
  'If-None-Match'?: string;
  'Idempotency-Key'?: string;
}
const at = (user_id: number, header: Headers = {}) => ({ params: { path: { user_id }, header } });

describe('users on v3', () => {
  let service: Service;
  let document: ApiDocument;
  const clientOf = (environment: string) => typedClient(service, document, environment);
  const register = async (tidemark: Tidemark, username: string, more: Partial<UserInput> = {}): Promise<User> => {
    const body = { username, email: `${username}@example.com`, ...more };
    const { data, response } = await tidemark.POST('/api/v3/users', { body });
    expect(response.status).toBe(201);
    return data as User;
  };
  const get = (tidemark: Tidemark, id: number, header?: Headers) =>
    tidemark.GET('/api/v3/users/{user_id}', at(id, header));
  const list = async (tidemark: Tidemark) => (await tidemark.GET('/api/v3/users')).data!;
  const statusesOf = async (calls: Promise<{ response: Response }>[]) =>
    (await Promise.all(calls)).map(({ response }) => response.status);

  beforeAll(async () => {
    service = await startService();
    document = await ApiDocument.of(service.url);
  });
  afterAll(() => service?.stop());

  it('answers a registration with the user that the very next read shows', async () => {
    const tidemark = await clientOf('registration');
    const created = await tidemark.POST('/api/v3/users', { body: { ...jane, profile: { team: 'tide' } } });
    expect(created.response.status).toBe(201);
    const user = created.data as User;
    expect(user).toEqual({
      ...jane,
      id: 1,
      objectId: expect.stringMatching(/^[0-9a-f]{24}$/),
      firstName: '',
      lastName: '',
      isActive: true,
      profile: { team: 'tide' },
      createdOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      lastModifiedOn: user.createdOn,
      lastActiveOn: null,
    });
    expect(created.response.headers.get('location')).toBe('/api/v3/users/1');
    const read = await get(tidemark, 1);
    expect(read.data).toEqual(user);
    expect(read.response.headers.get('etag')).toBe(created.response.headers.get('etag'));
  });

  it('refuses a name that another has, in whatever spelling, and says which', async () => {
    const tidemark = await clientOf('names');
    await register(tidemark, 'jane');
    const username = await tidemark.POST('/api/v3/users', { body: { username: ' JANE ', email: 'other@example.com' } });
    expect(username.error).toMatchObject({ type: '/problems/username-taken', status: 409 });
    expect(username.response.headers.get('content-type')).toMatch('application/problem+json');
    const email = await tidemark.POST('/api/v3/users', { body: { username: 'other', email: 'Ｊane@Example.com' } });
    expect(email.error).toMatchObject({ type: '/problems/email-taken', status: 409 });
  });

  it('gives exactly one of many that claim a name at once the name, and everybody an answer', async () => {
    const tidemark = await clientOf('claims');
    const claims = Array.from({ length: 100 }, (_, index) =>
      tidemark.POST('/api/v3/users', { body: { username: `name${index % 5}`, email: `user${index}@example.com` } }),
    );
    const statuses = await statusesOf(claims);
    expect(statuses.filter((status) => status === 201)).toHaveLength(5);
    expect(statuses.filter((status) => status === 409)).toHaveLength(95);
    const { count, results } = await list(tidemark);
    expect(count).toBe(5);
    expect(results.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('replaces everything by PUT and only what is sent by PATCH', async () => {
    const tidemark = await clientOf('changes');
    await register(tidemark, 'jane', { firstName: 'Jane', profile: { a: 1, b: { c: 2 } } });
    const body = { lastName: 'Doe', profile: { a: null, b: { d: 3 } } };
    const patched = await tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body });
    expect(patched.data).toMatchObject({ firstName: 'Jane', lastName: 'Doe', profile: { b: { c: 2, d: 3 } } });
    expect((patched.data as User).profile).not.toHaveProperty('a');
    const put = await tidemark.PUT('/api/v3/users/{user_id}', { ...at(1), body: { ...jane, username: 'janet' } });
    expect(put.data).toMatchObject({ username: 'janet', firstName: '', lastName: '', profile: {}, isActive: true });
    expect(put.response.headers.get('etag')).toBe('"3"');
    expect((await get(tidemark, 1)).data).toEqual(put.data);
  });

  it('takes a merge patch under its own media type too', async () => {
    const tidemark = await clientOf('merge');
    await register(tidemark, 'jane');
    const headers = { 'content-type': 'application/merge-patch+json' };
    const patched = await tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body: { isActive: false }, headers });
    expect(patched).toMatchObject({ response: { status: 200 }, data: { isActive: false } });
  });

  it('lets every PATCH without If-Match count, whatever their order', async () => {
    const tidemark = await clientOf('counting');
    await register(tidemark, 'jane');
    const patches = Array.from({ length: 40 }, (_, index) =>
      tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body: { profile: { [`field${index}`]: index } } }),
    );
    expect(new Set(await statusesOf(patches))).toEqual(new Set([200]));
    const read = await get(tidemark, 1);
    expect(Object.keys(read.data!.profile)).toHaveLength(40);
    expect(read.response.headers.get('etag')).toBe('"41"');
  });

  it('lets only one of those that name a version with If-Match change it', async () => {
    const tidemark = await clientOf('versions');
    await register(tidemark, 'jane');
    const patches = Array.from({ length: 10 }, (_, index) =>
      tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1, { 'If-Match': '"1"' }), body: { firstName: `${index}` } }),
    );
    const statuses = await statusesOf(patches);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(9);
  });

  it('answers 304 to who has the current version', async () => {
    const tidemark = await clientOf('caching');
    await register(tidemark, 'jane');
    const fresh = await get(tidemark, 1, { 'If-None-Match': '"1"' });
    expect(fresh.response.status).toBe(304);
    expect(fresh.data).toBeUndefined();
    await tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body: { firstName: 'J' } });
    expect((await get(tidemark, 1, { 'If-None-Match': '"1"' })).response.status).toBe(200);
  });

  it('deletes a user everywhere, frees the names and never uses the id again', async () => {
    const tidemark = await clientOf('deletion');
    const { objectId } = await register(tidemark, 'jane');
    const deleted = await tidemark.DELETE('/api/v3/users/{user_id}', at(1));
    expect(deleted.response.status).toBe(204);
    const gone = await statusesOf([
      get(tidemark, 1),
      tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body: {} }),
      tidemark.PUT('/api/v3/users/{user_id}', { ...at(1), body: jane }),
      tidemark.DELETE('/api/v3/users/{user_id}', at(1)),
      tidemark.GET('/api/v2/users/{userId}', { params: { path: { userId: objectId } } }),
    ]);
    expect(gone).toEqual([404, 404, 404, 404, 404]);
    expect(await register(tidemark, 'jane')).toMatchObject({ id: 2 });
    expect(await list(tidemark)).toMatchObject({ count: 1, results: [{ id: 2 }] });
  });

  it('takes a patch that is larger than a profile, where what comes of it is not', async () => {
    const tidemark = await clientOf('emptied');
    const fields = Array.from({ length: 1_500 }, (_, n) => `k${n}`);
    const all = (value: 0 | null) => Object.fromEntries(fields.map((field) => [field, value]));
    await register(tidemark, 'jane', { profile: all(0) });
    const change = (profile: object) =>
      tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body: { profile: profile as never } });
    expect((await change({ a: 'x'.repeat(16_000) })).error).toMatchObject({ status: 422 });
    expect((await change({ ...all(null), a: 'x'.repeat(16_384) })).error).toMatchObject({ status: 422 });
    expect(await change(all(null))).toMatchObject({ response: { status: 200 }, data: { profile: {} } });
  });

  it('pages through the list by the links that it gives, each user once', async () => {
    const tidemark = await clientOf('pages');
    const users = Array.from({ length: 7 }, (_, index) => ({ username: `user${index}`, isActive: index !== 3 }));
    await Promise.all(users.map(({ username, ...more }) => register(tidemark, username, more)));
    const seen: number[] = [];
    // The link says it all: it is followed as it is.
    const follow = async (link: string) => {
      const query = Object.fromEntries(new URL(link, service.url).searchParams) as object;
      return (await tidemark.GET('/api/v3/users', { params: { query } })).data!;
    };
    for (let link: string | null = '?page_size=2&isActive=true'; link !== null;) {
      const { count, results, next } = await follow(link);
      expect(count).toBe(6);
      seen.push(...results.map(({ id }) => id));
      if (next) expect(next).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v3\/users\?.*isActive=true/);
      link = next;
    }
    expect(seen).toHaveLength(6);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const pageOfOne = (page: number) => tidemark.GET('/api/v3/users', { params: { query: { page, page_size: 1 } } });
    expect((await pageOfOne(8)).error).toMatchObject({ status: 404 });
    expect((await pageOfOne(7)).data).toMatchObject({ next: null, previous: expect.any(String) });
  });

  it('shows an environment without users as an empty first page', async () => {
    expect(await list(await clientOf('nobody'))).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  it('keeps environments apart, ids and names included', async () => {
    const [one, two] = [await clientOf('tenant-one'), await clientOf('tenant-two')];
    const first = await register(one, 'jane');
    expect((await get(two, 1)).error).toMatchObject({ status: 404 });
    const second = await register(two, 'jane');
    expect(second.id).toBe(first.id);
    expect(second.objectId).not.toBe(first.objectId);
    const other = await two.GET('/api/v2/users/{userId}', { params: { path: { userId: first.objectId } } });
    expect(other.error).toMatchObject({ error: { code: 'not-found' } });
  });

  it('answers a command that is sent again under its Idempotency-Key as it did at first, until its user is deleted', async () => {
    const tidemark = await clientOf('repeats');
    const header = { 'Idempotency-Key': 'key-1' };
    const send = (body: UserInput) => tidemark.POST('/api/v3/users', { params: { header }, body });
    const [first, again] = [await send(jane), await send(jane)];
    expect(again).toMatchObject({ response: { status: 201 }, data: first.data });
    await tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1), body: { firstName: 'Changed since' } });
    const afterwards = await send(jane);
    expect(afterwards).toMatchObject({ response: { status: 201 }, data: first.data });
    expect(afterwards.response.headers.get('etag')).toBe('"1"');
    expect((await list(tidemark)).count).toBe(1);
    const reused = await send({ ...jane, username: 'other' });
    expect(reused.error).toMatchObject({ type: '/problems/idempotency-key-reused', status: 422 });
    const remove = () => tidemark.DELETE('/api/v3/users/{user_id}', at(1, { 'Idempotency-Key': 'key-2' }));
    expect([(await remove()).response.status, (await remove()).response.status]).toEqual([204, 204]);
    expect(await send(jane)).toMatchObject({ response: { status: 404 }, error: { type: '/problems/not-found' } });
  });

  it('answers so however large the profile has become since', async () => {
    const tidemark = await clientOf('grown');
    await register(tidemark, 'jane');
    const large = 'x'.repeat(9_000);
    const change = (profile: object, header?: { 'Idempotency-Key': string }) =>
      tidemark.PATCH('/api/v3/users/{user_id}', { ...at(1, header), body: { profile: profile as never } });
    const first = await change({ a: large }, { 'Idempotency-Key': 'key' });
    expect(first.response.status).toBe(200);
    expect((await change({ a: null, b: large })).response.status).toBe(200);
    expect((await change({ a: large })).response.status).toBe(422);
    expect(await change({ a: large }, { 'Idempotency-Key': 'key' })).toMatchObject({ data: first.data });
  });
});
