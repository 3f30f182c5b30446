import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openViews, type Views } from '../../../../../test/support/views.js';
import { sealedRecord } from '../../../test/sealed-log.js';
import { registryFold } from '../../fold/registry.fold.js';
import { encodeRecord } from '../../stored/registry.record.js';
import { type AskedCommand } from '../../stored/command-seals.js';
import { Keyring } from '../../stored/keyring.js';
import { GetNamed, GetNamedHandler, ListNamed, ListNamedHandler } from './named.js';
import {
  ListMembers,
  ListMembersHandler,
  ListPermissions,
  ListPermissionsHandler,
  ListUserWorkspaces,
  ListUserWorkspacesHandler,
} from './roles.js';

const asked = (name: string): AskedCommand[] => [
  {
    type: 'RegisterUser',
    user: {
      ...{ username: name, email: `${name}@example.com`, firstName: '', lastName: '' },
      ...{ isActive: true, profile: {} },
    },
  },
  { type: 'CreateGroup', name: `group of ${name}` },
  { type: 'CreateWorkspace', name: `place of ${name}` },
  { type: 'AssignRole', target: { type: 'group', id: 1 }, holder: { type: 'user', id: 1 }, role: 'member' },
  { type: 'AssignRole', target: { type: 'workspace', id: 1 }, holder: { type: 'user', id: 1 }, role: 'viewer' },
  { type: 'AssignRole', target: { type: 'workspace', id: 1 }, holder: { type: 'group', id: 1 }, role: 'admin' },
];

describe('with the same ids in two environments, each has its own', () => {
  let views: Views;
  beforeAll(async () => {
    let keyring!: Keyring;
    views = await openViews((namespace, postgres) => {
      keyring = new Keyring(postgres, namespace, []);
      return registryFold(namespace, keyring);
    });
    await keyring.prepare(false);
    let offset = 0;
    for (const [environment, name] of [
      ['one', 'ann'],
      ['two', 'bob'],
    ] as const) {
      for (const one of asked(name)) {
        const record = await sealedRecord(keyring, environment, { id: randomUUID(), asked: one });
        const value = Buffer.from(encodeRecord(record));
        await views.apply([{ partition: 0, offset: offset++, key: environment, value, time: 1_000 }]);
      }
    }
  });
  afterAll(() => views.close());

  const both: [string, string][] = [
    ['one', 'ann'],
    ['two', 'bob'],
  ];

  it.each(both)('members: %s', async (environment, username) => {
    const handler = new ListMembersHandler(views.postgres);
    expect(await handler.execute(new ListMembers(environment, 1, { page_size: 10 }))).toMatchObject({
      count: 1,
      rows: [{ id: 1, username }],
    });
  });

  it.each(both)('permissions: %s', async (environment, username) => {
    const handler = new ListPermissionsHandler(views.postgres);
    expect(await handler.execute(new ListPermissions(environment, 1))).toEqual({
      users: [{ id: 1, username, role: 'viewer' }],
      groups: [{ id: 1, name: `group of ${username}`, role: 'admin' }],
    });
  });

  it.each(both)('workspaces of a user, with the strongest role: %s', async (environment, username) => {
    const handler = new ListUserWorkspacesHandler(views.postgres);
    expect(await handler.execute(new ListUserWorkspaces(environment, 1))).toEqual([
      {
        id: 1,
        name: `place of ${username}`,
        role: 'admin',
        via: [{ type: 'direct' }, { type: 'group', id: 1, name: `group of ${username}` }],
      },
    ]);
  });

  it.each(both)('workspaces and groups: %s', async (environment, username) => {
    const [get, list] = [new GetNamedHandler(views.postgres), new ListNamedHandler(views.postgres)];
    const workspace = { id: 1, name: `place of ${username}`, version: 1 };
    expect(await get.execute(new GetNamed(environment, 'Workspace', 1))).toEqual(workspace);
    expect(await list.execute(new ListNamed(environment, 'Workspace', { page_size: 10 }))).toEqual({
      count: 1,
      rows: [workspace],
      hasMore: false,
    });
    expect(await list.execute(new ListNamed(environment, 'Group', { page_size: 10 }))).toMatchObject({
      count: 1,
      rows: [{ name: `group of ${username}` }],
    });
  });
});
