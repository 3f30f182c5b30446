import { expect } from '@jest/globals';
import { lines, type operations, type Tidemark } from '@tidemark/client';
import type { ApiDocument } from './api-document.js';
import type { Objects } from './api-requests.js';
import { eventually } from './eventually.js';

export interface Given {
  readonly tidemark: Tidemark;
  readonly document: ApiDocument;
  /** Objects of the client's environment: a user, a workspace and a group. */
  readonly objects: Objects;
}

export type Case = (given: Given) => Promise<{ response: Response }>;
type Ids = { user: number; workspace: number; group: number };

export const idsOf = ({ user, workspace, group }: Objects): Ids => ({
  user: Number(user),
  workspace: Number(workspace),
  group: Number(group),
});
export const user = ({ objects }: Given) => ({ params: { path: { user_id: idsOf(objects).user } } });
export const workspace = ({ objects }: Given) => ({ params: { path: { id: idsOf(objects).workspace } } });
const group = ({ objects }: Given) => ({ params: { path: { id: idsOf(objects).group } } });
const userThere = ({ objects }: Given) => ({
  params: { path: { id: idsOf(objects).workspace, user_id: idsOf(objects).user } },
});
const groupThere = ({ objects }: Given) => ({
  params: { path: { id: idsOf(objects).workspace, group_id: idsOf(objects).group } },
});
const member = ({ objects }: Given) => ({
  params: { path: { id: idsOf(objects).group, user_id: idsOf(objects).user } },
});

const jane = { username: 'jane', email: 'jane@example.com', profile: { team: 'tide' } };
const grant = { body: { role: 'editor' as const } };

/** Makes an activity of the user in the workspace and waits until it is in the feed. */
export async function active({ tidemark, objects }: Given): Promise<void> {
  const { user: userId, workspace: workspaceId } = idsOf(objects);
  await tidemark.POST('/api/v3/activities', {
    body: { userId, workspaceId, type: 'page.viewed', data: { path: '/' } },
  });
  const path = { user_id: userId };
  await eventually(async () => {
    const { data } = await tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { path } });
    expect(data?.count).toBeGreaterThan(0);
  });
}

export const userCases = {
  registerUser: async ({ tidemark }) => {
    const answer = await tidemark.POST('/api/v3/users', { body: jane });
    expect(answer.data).toMatchObject({ ...jane, isActive: true });
    return answer;
  },
  registerUsers: async ({ tidemark }) => {
    const both = [jane, { ...jane, username: 'other' }, { username: '' }];
    const asArray = await tidemark.POST('/api/v3/users/batch', { body: both as (typeof jane)[] });
    expect(asArray.data).toMatchObject({ created: 1, rejected: [{ index: 1 }, { index: 2 }] });
    const asLines = await tidemark.POST('/api/v3/users/batch', lines([{ username: 'ann', email: 'ann@example.com' }]));
    expect(asLines.data).toEqual({ created: 1, rejected: [] });
    return asLines;
  },
  listUsers: async ({ tidemark }) => {
    await tidemark.POST('/api/v3/users', { body: jane });
    const answer = await tidemark.GET('/api/v3/users', {
      params: { query: { page: 1, page_size: 1, isActive: true } },
    });
    expect(answer.data).toMatchObject({ count: 2, results: [{ id: 1 }], next: expect.any(String) });
    return answer;
  },
  searchUsers: async ({ tidemark }) => {
    const answer = await tidemark.GET('/api/v3/users/search', { params: { query: { q: 'somebody' } } });
    expect(answer.data).toMatchObject([{ username: 'somebody1' }]);
    return answer;
  },
  getUser: async (given) => {
    await active(given);
    return given.tidemark.GET('/api/v3/users/{user_id}', user(given));
  },
  replaceUser: (given) => given.tidemark.PUT('/api/v3/users/{user_id}', { ...user(given), body: jane }),
  changeUser: (given) =>
    given.tidemark.PATCH('/api/v3/users/{user_id}', { ...user(given), body: { profile: { team: null } } }),
  deleteUser: (given) => given.tidemark.DELETE('/api/v3/users/{user_id}', user(given)),
  listUsersV2: async ({ tidemark }) => {
    await tidemark.POST('/api/v3/users', { body: jane });
    const first = await tidemark.GET('/api/v2/users', { params: { query: { limit: 1 } } });
    expect(first.data?.pagination).toMatchObject({ hasNext: true, hasPrevious: false });
    const after = new URLSearchParams(first.data?.pagination.next).get('after')!;
    return tidemark.GET('/api/v2/users', { params: { query: { limit: 1, after } } });
  },
  getUserV2: ({ tidemark, objects }) =>
    tidemark.GET('/api/v2/users/{userId}', { params: { path: { userId: objects.userV2 } } }),
} satisfies Partial<Record<keyof operations, Case>>;

export const workspaceCases = {
  createWorkspace: ({ tidemark }) => tidemark.POST('/api/v3/workspaces', { body: { name: 'Tide' } }),
  listWorkspaces: ({ tidemark }) => tidemark.GET('/api/v3/workspaces', { params: { query: { page_size: 1 } } }),
  getWorkspace: (given) => given.tidemark.GET('/api/v3/workspaces/{id}', workspace(given)),
  changeWorkspace: (given) =>
    given.tidemark.PATCH('/api/v3/workspaces/{id}', { ...workspace(given), body: { name: 'Ebb' } }),
  deleteWorkspace: (given) => given.tidemark.DELETE('/api/v3/workspaces/{id}', workspace(given)),
  createGroup: ({ tidemark }) => tidemark.POST('/api/v3/groups', { body: { name: 'Crew' } }),
  listGroups: ({ tidemark }) => tidemark.GET('/api/v3/groups'),
  getGroup: (given) => given.tidemark.GET('/api/v3/groups/{id}', group(given)),
  changeGroup: (given) => given.tidemark.PATCH('/api/v3/groups/{id}', { ...group(given), body: { name: 'Ebb' } }),
  deleteGroup: (given) => given.tidemark.DELETE('/api/v3/groups/{id}', group(given)),
  addMember: (given) => given.tidemark.PUT('/api/v3/groups/{id}/members/{user_id}', member(given)),
  listMembers: async (given) => {
    await enter(given);
    const answer = await given.tidemark.GET('/api/v3/groups/{id}/members', group(given));
    expect(answer.data).toMatchObject({ count: 1 });
    return answer;
  },
  removeMember: (given) => given.tidemark.DELETE('/api/v3/groups/{id}/members/{user_id}', member(given)),
  grantUser: (given) =>
    given.tidemark.PUT('/api/v3/workspaces/{id}/permissions/users/{user_id}', { ...userThere(given), ...grant }),
  revokeUser: (given) => given.tidemark.DELETE('/api/v3/workspaces/{id}/permissions/users/{user_id}', userThere(given)),
  grantGroup: (given) =>
    given.tidemark.PUT('/api/v3/workspaces/{id}/permissions/groups/{group_id}', { ...groupThere(given), ...grant }),
  revokeGroup: (given) =>
    given.tidemark.DELETE('/api/v3/workspaces/{id}/permissions/groups/{group_id}', groupThere(given)),
  listPermissions: async (given) => {
    await enter(given);
    const answer = await given.tidemark.GET('/api/v3/workspaces/{id}/permissions', workspace(given));
    expect(answer.data).toMatchObject({ users: [{ role: 'editor' }], groups: [{ role: 'editor' }] });
    return answer;
  },
  listUserWorkspaces: async (given) => {
    await enter(given);
    const answer = await given.tidemark.GET('/api/v3/users/{user_id}/workspaces', user(given));
    expect(answer.data).toMatchObject([{ role: 'editor', via: [{ type: 'direct' }, { type: 'group' }] }]);
    return answer;
  },
} satisfies Partial<Record<keyof operations, Case>>;

/** The user is in the workspace both ways. */
async function enter(given: Given): Promise<void> {
  await workspaceCases.addMember(given);
  await workspaceCases.grantUser(given);
  await workspaceCases.grantGroup(given);
}
