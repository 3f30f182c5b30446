import {
  entityId,
  freeFields,
  isVisible,
  MAX_ITEMS,
  plainText,
  timeParameter,
  visibleText,
  wholeNumber,
} from '#platform';
import { z } from 'zod';
import { patchOf } from '../../http/command-endpoint.js';
import { oneWay, pageParameters } from '../../http/pages.js';
import { mergePatch } from '../../decisions/merge-patch.js';
import { PROFILE_BYTES } from '../../decisions/user.js';
import { comparable } from '../../decisions/user.names.js';

const username = visibleText(1, 150).describe(
  'Unique within the environment without regard to case, compatible spellings and white space around it.',
);

// local@domain, the domain one or more labels.
const EMAIL = /^[^\s@]+@[\p{L}\p{M}\p{N}_-]+(\.[\p{L}\p{M}\p{N}_-]+)*$/u;

const email = plainText(3, 254)
  .refine((text) => isEmail(comparable(text)), {
    error: 'must be of the form local@domain, the domain one or more labels with dots between them',
  })
  .describe('Unique within the environment like the username.');

function isEmail(text: string): boolean {
  const [local = '', domain = ''] = text.split('@');
  return EMAIL.test(text) && [local, ...domain.split('.')].every(isVisible);
}

const personName = plainText(0, 150);
const profile = freeFields(PROFILE_BYTES).describe('Free fields, up to 16 KiB of JSON.');

// What a patch removes is none of what the profile has then; with what is there already the log measures it.
const profilePatch = freeFields(PROFILE_BYTES, (patch) => mergePatch({}, patch)).describe(
  'A merge patch: null removes a field. What comes of it has up to 16 KiB of JSON.',
);

const orDefault = <Value>(field: z.ZodType<Value>, fallback: Value) =>
  field.nullable().transform((value) => value ?? fallback);

/** A whole user as a client sends it: what is left out, or null, falls to its default. */
export const UserInput = z
  .strictObject({
    username,
    email,
    firstName: orDefault(personName, '').default(''),
    lastName: orDefault(personName, '').default(''),
    isActive: orDefault(z.boolean(), true).default(true),
    profile: orDefault(profile, {}).default({}),
  })
  .meta({
    id: 'UserInput',
    examples: [{ username: 'jane', email: 'jane@example.com', firstName: 'Jane', profile: { team: 'tide' } }],
  });

export const UserBatch = z
  .array(UserInput)
  .max(MAX_ITEMS)
  .meta({
    examples: [
      [
        { username: 'ann', email: 'ann@example.com' },
        { username: 'bob', email: 'bob@example.com', isActive: false },
      ],
    ],
  });

/** The same as lines; each is checked for itself. */
export const UserLines = {
  items: UserInput,
  example: '{"username":"cid","email":"cid@example.com"}\n{"username":"dan","email":"dan@example.com"}\n',
};

/** The fields that a client wants changed, null for their default; `profile` is a merge patch (RFC 7396). */
export const UserPatch = z
  .strictObject({
    username,
    email,
    firstName: orDefault(personName, ''),
    lastName: orDefault(personName, ''),
    isActive: orDefault(z.boolean(), true),
    profile: profilePatch.nullable(),
  })
  .partial()
  .meta({ id: 'UserPatch', examples: [{ lastName: 'Doe', profile: { team: null, city: 'Kiel' } }] });
export const UserPatchBody = patchOf(UserPatch);

export const UserPath = z.strictObject({
  user_id: entityId,
});

export const DeleteQuery = z.strictObject({
  erase: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'For good (scope admin): what the log holds of the user cannot be read any more by anybody. Also for users who were deleted before.',
    ),
});

export const ObjectIdPath = z.strictObject({
  userId: z
    .string()
    .regex(/^[0-9a-f]{24}$/, 'must be 24 lower-case hex digits')
    .meta({ examples: ['6b0284a42a97510000000001'] }),
});

export const UserListQuery = pageParameters
  .extend({
    workspace: UserPath.shape.user_id.optional().describe('Only who has a role there, directly or by a group.'),
    isActive: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .pipe(z.boolean())
      .optional(),
    lastActiveSince: timeParameter('Only who was active then or later.').optional(),
  })
  .refine(...oneWay);

export const CursorQuery = z
  .strictObject({
    limit: wholeNumber(1, 1000).default(100),
    after: ObjectIdPath.shape.userId.optional().describe('Behind this _id.'),
    before: ObjectIdPath.shape.userId.optional().describe('In front of this _id.'),
  })
  .refine((query) => query.after === undefined || query.before === undefined, {
    path: ['before'],
    message: 'cannot go together with after',
  });
