import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { type Client, type Service, startService } from '../support/service.js';

describe('workspaces, groups and permissions', () => {
  let service: Service;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.stop());

  /** An environment with users 1 to 3, workspaces 1 and 2, groups 1 and 2. */
  async function populated(environment: string): Promise<Client> {
    const client = await service.client(environment);
    for (const username of ['ann', 'bob', 'cid']) {
      expect((await client('POST', '/api/v3/users', { username, email: `${username}@example.com` })).status).toBe(201);
    }
    for (const kind of ['workspaces', 'groups']) {
      for (const name of ['one', 'two']) {
        expect((await client('POST', `/api/v3/${kind}`, { name: `${kind} ${name}` })).status).toBe(201);
      }
    }
    return client;
  }

  const done = async (client: Client, method: string, path: string, body?: object) =>
    expect(await client(method, `/api/v3${path}`, body)).toMatchObject({ status: 204, body: '' });
  const workspacesOf = async (client: Client, user: number) =>
    (await client('GET', `/api/v3/users/${user}/workspaces`)).body as object[];

  it('are created, listed, renamed and deleted', async () => {
    const client = await populated('crud');
    for (const kind of ['workspaces', 'groups']) {
      const renamed = await client('PATCH', `/api/v3/${kind}/1`, { name: 'Tide' }, { 'if-match': '"1"' });
      expect(renamed).toMatchObject({ status: 200, body: { id: 1, name: 'Tide' } });
      expect(renamed.headers.get('etag')).toBe('"2"');
      const same = await client('PATCH', `/api/v3/${kind}/1`, { name: 'Tide' });
      expect({ status: same.status, etag: same.headers.get('etag') }).toEqual({ status: 200, etag: '"2"' });
      expect(await client('PATCH', `/api/v3/${kind}/1`, { name: 'Ebb' }, { 'if-match': '"1"' })).toMatchObject({
        status: 412,
      });
      expect((await client('GET', `/api/v3/${kind}/1`)).body).toEqual({ id: 1, name: 'Tide' });
      expect((await client('PATCH', `/api/v3/${kind}/1`, {}, { 'if-match': '"1"' })).status).toBe(412);
      const untouched = await client('PATCH', `/api/v3/${kind}/1`, {}, { 'if-match': '"2"' });
      expect(untouched).toMatchObject({ status: 200, body: { name: 'Tide' } });
      expect(untouched.headers.get('etag')).toBe('"2"');
      await done(client, 'DELETE', `/${kind}/2`);
      expect(await client('DELETE', `/api/v3/${kind}/2`)).toMatchObject({ status: 404 });
      expect((await client('GET', `/api/v3/${kind}`)).body).toMatchObject({ count: 1, results: [{ id: 1 }] });
      expect((await client('POST', `/api/v3/${kind}`, { name: 'again' })).body).toMatchObject({ id: 3 });
    }
  });

  it('take no activities any more from when their deletion is answered', async () => {
    const client = await populated('gone');
    const send = (workspaceId: number) =>
      client('POST', '/api/v3/activities', { userId: 1, type: 'step', workspaceId });
    for (const workspace of [1, 2]) {
      expect((await send(workspace)).status).toBe(202);
      await done(client, 'DELETE', `/workspaces/${workspace}`);
      expect(await send(workspace)).toMatchObject({ status: 422, body: { rejected: [{ code: 'unknown-workspace' }] } });
    }
  });

  it('give a user the strongest of the roles it has directly and through groups', async () => {
    const client = await populated('effective');
    await done(client, 'PUT', '/workspaces/1/permissions/users/1', { role: 'viewer' });
    await done(client, 'PUT', '/workspaces/1/permissions/groups/2', { role: 'admin' });
    await done(client, 'PUT', '/workspaces/2/permissions/groups/1', { role: 'editor' });
    await done(client, 'PUT', '/groups/2/members/1');
    await done(client, 'PUT', '/groups/2/members/1');
    expect(await workspacesOf(client, 1)).toEqual([
      {
        id: 1,
        name: 'workspaces one',
        role: 'admin',
        via: [{ type: 'direct' }, { type: 'group', id: 2, name: 'groups two' }],
      },
    ]);
    expect((await client('GET', '/api/v3/workspaces/1/permissions')).body).toEqual({
      users: [{ id: 1, username: 'ann', role: 'viewer' }],
      groups: [{ id: 2, name: 'groups two', role: 'admin' }],
    });
    expect((await client('GET', '/api/v3/groups/2/members')).body).toMatchObject({
      count: 1,
      results: [{ id: 1, username: 'ann' }],
    });
    await done(client, 'DELETE', '/groups/2/members/1');
    await done(client, 'DELETE', '/groups/2/members/1');
    expect(await workspacesOf(client, 1)).toMatchObject([{ id: 1, role: 'viewer', via: [{ type: 'direct' }] }]);
    await done(client, 'DELETE', '/workspaces/1/permissions/users/1');
    expect(await workspacesOf(client, 1)).toEqual([]);
  });

  it('grant nothing any more when a group, a workspace or a user is deleted', async () => {
    const client = await populated('deletions');
    await done(client, 'PUT', '/groups/1/members/1');
    await done(client, 'PUT', '/workspaces/1/permissions/groups/1', { role: 'editor' });
    await done(client, 'PUT', '/workspaces/2/permissions/users/1', { role: 'admin' });
    await done(client, 'PUT', '/workspaces/2/permissions/users/2', { role: 'admin' });
    expect(await workspacesOf(client, 1)).toHaveLength(2);
    await done(client, 'DELETE', '/groups/1');
    expect(await workspacesOf(client, 1)).toMatchObject([{ id: 2 }]);
    expect((await client('GET', '/api/v3/workspaces/1/permissions')).body).toEqual({ users: [], groups: [] });
    await done(client, 'DELETE', '/users/2');
    expect((await client('GET', '/api/v3/workspaces/2/permissions')).body).toMatchObject({ users: [{ id: 1 }] });
    await done(client, 'DELETE', '/workspaces/2');
    expect(await workspacesOf(client, 1)).toEqual([]);
    for (const [method, path, body] of [
      ['PUT', '/api/v3/workspaces/1/permissions/groups/1', { role: 'viewer' }],
      ['PUT', '/api/v3/workspaces/1/permissions/users/2', { role: 'viewer' }],
      ['PUT', '/api/v3/workspaces/2/permissions/users/1', { role: 'viewer' }],
      ['PUT', '/api/v3/groups/1/members/1', undefined],
      ['GET', '/api/v3/groups/1/members', undefined],
      ['GET', '/api/v3/workspaces/2/permissions', undefined],
      ['GET', '/api/v3/users/2/workspaces', undefined],
    ] as const) {
      expect(await client(method, path, body)).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    }
  });

  it('filter the list of users by who has a permission there, and the filters survive in its links', async () => {
    const client = await populated('filters');
    await done(client, 'PUT', '/groups/1/members/3');
    await done(client, 'PUT', '/groups/1/members/1');
    await done(client, 'PUT', '/workspaces/1/permissions/groups/1', { role: 'viewer' });
    await done(client, 'PUT', '/workspaces/1/permissions/users/1', { role: 'viewer' });
    const { body } = await client('GET', '/api/v3/users?workspace=1&page_size=1&isActive=true');
    expect(body).toMatchObject({ count: 2, results: [{ id: 1 }] });
    expect(body.next).toMatch(/workspace=1.*isActive=true/);
    expect((await client('GET', (body.next as string).replace(service.url, ''))).body).toMatchObject({
      results: [{ id: 3 }],
      next: null,
    });
    expect((await client('GET', '/api/v3/users?workspace=2')).body.count).toBe(0);
    expect((await client('GET', '/api/v3/users?workspace=x')).status).toBe(400);
  });

  it('show in which role a user was active in a workspace', async () => {
    const client = await populated('active');
    await done(client, 'PUT', '/workspaces/1/permissions/users/1', { role: 'viewer' });
    await done(client, 'PUT', '/groups/1/members/1');
    await done(client, 'PUT', '/workspaces/1/permissions/groups/1', { role: 'editor' });
    await client(
      'POST',
      '/api/v3/activities',
      [1, 2, 2].map((workspaceId) => ({ userId: 1, type: 'step', workspaceId })),
    );
    await eventually(async () => {
      const { body } = await client('GET', '/api/v3/users/1/activeworkspaces');
      expect(body).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ id: 1, role: 'editor', activities: 1 }),
          expect.objectContaining({ id: 2, role: null, activities: 2 }),
        ]),
      );
      expect(body).toHaveLength(2);
    });
  });

  it('refuse roles that there are not, and do not cross environments', async () => {
    const [one, two] = [await populated('tenant-one'), await service.client('tenant-two')];
    expect(await one('PUT', '/api/v3/workspaces/1/permissions/users/1', { role: 'owner' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/role' }] },
    });
    expect(await one('PUT', '/api/v3/workspaces/1/permissions/users/1', {})).toMatchObject({ status: 422 });
    expect(await two('PUT', '/api/v3/workspaces/1/permissions/users/1', { role: 'admin' })).toMatchObject({
      status: 404,
    });
    expect(await two('GET', '/api/v3/groups/1')).toMatchObject({ status: 404 });
    const reader = await service.client('tenant-one', { scope: 'workspaces:read' });
    expect(await reader('PUT', '/api/v3/groups/1/members/1')).toMatchObject({ status: 403 });
  });
});
