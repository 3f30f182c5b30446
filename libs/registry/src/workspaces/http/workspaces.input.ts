import { z } from 'zod';
import { entityId as id, visibleText } from '#platform';
import { patchOf } from '../../http/command-endpoint.js';
import { pageOf } from '../../http/pages.js';
import { WORKSPACE_ROLES } from '../../decisions/assignment.decider.js';

/** A workspace or a group as a client sends it: a name, which need not be unique. */
export const NamedInput = z
  .strictObject({
    name: visibleText(1, 150),
  })
  .meta({ id: 'NamedInput', examples: [{ name: 'Tide' }] });
export const NamedPatch = patchOf(NamedInput.partial().meta({ id: 'NamedPatch', examples: [{ name: 'Ebb' }] }));

const Named = z.object({ id: z.int().min(1), name: z.string() });
const tide = { id: 1, name: 'Tide' };
const page = { count: 1, next: null, previous: null, results: [tide] };

export const Workspace = Named.meta({ id: 'Workspace', examples: [tide] });
export const WorkspacePage = pageOf(Workspace).meta({ id: 'WorkspacePage', examples: [page] });
export const Group = Named.meta({ id: 'Group', examples: [tide] });
export const GroupPage = pageOf(Group).meta({ id: 'GroupPage', examples: [page] });

export const NamedPath = z.strictObject({ id });
export const UserPath = z.strictObject({ user_id: id });
export const MemberPath = z.strictObject({ id, user_id: id });
export const GroupGrantPath = z.strictObject({ id, group_id: id });

export const Role = z
  .enum(WORKSPACE_ROLES, { message: `must be one of ${WORKSPACE_ROLES.join(', ')}` })
  .meta({ id: 'Role', examples: ['editor'] });
export const RoleInput = z.strictObject({ role: Role }).meta({ id: 'RoleInput', examples: [{ role: 'editor' }] });

const UserGrant = z.object({ id: z.int().min(1), username: z.string(), role: Role }).meta({ id: 'UserGrant' });
const GroupGrant = z.object({ id: z.int().min(1), name: z.string(), role: Role }).meta({ id: 'GroupGrant' });

export const Permissions = z.object({ users: z.array(UserGrant), groups: z.array(GroupGrant) }).meta({
  id: 'Permissions',
  examples: [
    { users: [{ id: 1, username: 'jane', role: 'viewer' }], groups: [{ id: 2, name: 'Crew', role: 'admin' }] },
  ],
});

const Directly = z.object({ type: z.literal('direct') }).meta({ id: 'DirectRole' });
const ByGroup = z
  .object({ type: z.literal('group'), id: z.int().min(1), name: z.string() })
  .meta({ id: 'RoleOfGroup' });
const Via = z.discriminatedUnion('type', [Directly, ByGroup]).meta({ id: 'RoleSource' });

const UserWorkspace = Named.extend({ role: Role, via: z.array(Via) }).meta({ id: 'UserWorkspace' });

export const UserWorkspaces = z.array(UserWorkspace).meta({
  id: 'UserWorkspaces',
  examples: [[{ ...tide, role: 'admin', via: [{ type: 'direct' }, { type: 'group', id: 2, name: 'Crew' }] }]],
});
