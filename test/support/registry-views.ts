import type { Kind, Place, RegistryModel, Verdict } from './registry-model.js';
import { pathOf, verdictOf } from './registry-requests.js';
import type { Client } from './service.js';

type Holders = readonly { id: number; role: string }[];

/** An environment with all that is in it: each object, and who holds which role in it. */
export interface Contents {
  readonly objects: Record<Kind, readonly Verdict[]>;
  /** By the group's id. */
  readonly members: Record<number, Holders>;
  /** By the workspace's id. */
  readonly permissions: Record<number, { users: Holders; groups: Holders }>;
}

/** An environment as its clients see it. */
export async function readContents(client: Client): Promise<Contents> {
  const [users, workspaces, groups] = [
    await readAll(client, 'users'),
    await readAll(client, 'workspaces'),
    await readAll(client, 'groups'),
  ];
  return {
    objects: { users, workspaces, groups },
    members: await byId(groups, async (id) => {
      const { results } = (await client('GET', `/api/v3/groups/${id}/members?page_size=500`)).body;
      return (results as { id: number }[]).map((user) => ({ id: user.id, role: 'member' }));
    }),
    permissions: await byId(workspaces, async (id) => {
      const { body } = await client('GET', `/api/v3/workspaces/${id}/permissions`);
      return { users: rolesOf(body.users), groups: rolesOf(body.groups) };
    }),
  };
}

/** The same of the model. */
export async function contentsOf(model: RegistryModel): Promise<Contents> {
  const all = (kind: Kind) => [...model.objects[kind].keys()].map((id) => model.show({ kind, id }));
  const [users, workspaces, groups] = [all('users'), all('workspaces'), all('groups')];
  return {
    objects: { users, workspaces, groups },
    members: await byId(groups, async (id) => model.holders({ kind: 'groups', id }, 'users')),
    permissions: await byId(workspaces, async (id) => {
      const target: Place = { kind: 'workspaces', id };
      return { users: model.holders(target, 'users'), groups: model.holders(target, 'groups') };
    }),
  };
}

async function readAll(client: Client, kind: Kind): Promise<Verdict[]> {
  const { body } = await client('GET', `/api/v3/${kind}?page_size=500`);
  const listed = body as { count: number; results: { id: number }[] };
  if (listed.count !== listed.results.length) throw new Error(`${kind}: ${listed.count} are counted, others listed`);
  return Promise.all(listed.results.map(async ({ id }) => verdictOf(await client('GET', pathOf({ kind, id })))));
}

async function byId<T>(objects: readonly Verdict[], ask: (id: number) => Promise<T>): Promise<Record<number, T>> {
  const ids = objects.map(({ body }) => (body as { id: number }).id);
  return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await ask(id)] as const)));
}

const rolesOf = (holders: { id: number; role: string }[]) => holders.map(({ id, role }) => ({ id, role }));
