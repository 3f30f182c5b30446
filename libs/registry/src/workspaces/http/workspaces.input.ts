import { z } from 'zod';
import { plainText } from '#platform';
import { UserPath } from '../../users/http/user.input.js';
import { WORKSPACE_ROLES } from '../domain/assignment.decider.js';

const id = UserPath.shape.user_id;

/** A workspace or a group as a client sends it: a name, which need not be unique. */
export const NamedInput = z.strictObject({
  name: plainText
    .max(150, 'must be 1 to 150 characters')
    .refine((name) => name.trim() !== '', { message: 'must be more than white space' }),
});
export const NamedPatch = NamedInput.partial();
export const Named = z.object({ id: z.int(), name: z.string() });

export const NamedPath = z.strictObject({ id });
export const MemberPath = z.strictObject({ id, user_id: id });
export const GroupGrantPath = z.strictObject({ id, group_id: id });

const role = z.enum(WORKSPACE_ROLES, { message: `must be one of ${WORKSPACE_ROLES.join(', ')}` });
export const RoleInput = z.strictObject({ role });

export const Permissions = z.object({
  users: z.array(z.object({ id: z.int(), username: z.string(), role })),
  groups: z.array(z.object({ id: z.int(), name: z.string(), role })),
});

export const UserWorkspaces = z.array(
  Named.extend({
    role,
    via: z.array(
      z.union([
        z.object({ type: z.literal('direct') }),
        z.object({ type: z.literal('group'), id: z.int(), name: z.string() }),
      ]),
    ),
  }),
);
