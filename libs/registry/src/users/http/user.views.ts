import { z } from 'zod';
import { listedJane, ListedUser, listedUser } from '../listed-user.js';
import { type UserRow } from '../queries/user.rows.js';

const id = z.int().min(1);
const objectId = z.string().regex(/^[0-9a-f]{24}$/);
const time = z.iso.datetime({ precision: 3 });

const jane = {
  ...listedJane,
  objectId: '6b0284a42a97510000000001',
  profile: { team: 'tide' },
  createdOn: '2026-11-22T05:59:00.590Z',
  lastModifiedOn: '2026-11-22T05:59:00.590Z',
  lastActiveOn: null,
};

/** Everything that is known of a user. Times as of RFC 3339, in UTC with milliseconds. */
export const FullUser = ListedUser.extend({
  objectId,
  profile: z.record(z.string(), z.unknown()),
  createdOn: time,
  lastModifiedOn: time,
  lastActiveOn: time.nullable(),
}).meta({ id: 'User', examples: [jane] });

export const FoundUsers = z.array(ListedUser).meta({ examples: [[listedJane]] });

/** v2's profile: the free fields together with the three that v3 keeps apart. */
const ProfileV2 = z
  .looseObject({ firstName: z.string(), lastName: z.string(), email: z.string() })
  .meta({ id: 'ProfileV2' });

const listedJaneV2 = {
  _id: jane.objectId,
  username: jane.username,
  profile: { team: 'tide', firstName: 'Jane', lastName: '', email: jane.email },
  _createdOn: jane.createdOn,
};

export const ListedUserV2 = z
  .object({ _id: objectId, username: z.string(), profile: ProfileV2, _createdOn: time })
  .meta({ id: 'ListedUserV2', examples: [listedJaneV2] });

export const FullUserV2 = ListedUserV2.extend({
  id,
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  isActive: z.boolean(),
  _lastModifiedOn: time,
}).meta({ id: 'UserV2', examples: [{ ...listedJane, ...listedJaneV2, _lastModifiedOn: jane.lastModifiedOn }] });

const envelope = <Data extends z.ZodType>(data: Data) => z.object({ status: z.literal('ok'), data });

export const OneUserV2 = envelope(z.array(FullUserV2).length(1)).meta({
  id: 'OneUserV2',
  examples: [{ status: 'ok', data: [{ ...listedJane, ...listedJaneV2, _lastModifiedOn: jane.lastModifiedOn }] }],
});

const PaginationV2 = z
  .object({
    hasPrevious: z.boolean(),
    hasNext: z.boolean(),
    next: z.string().optional().describe('The query of the next page, where there is one.'),
    previous: z.string().optional().describe('The query of the page before, where there is one.'),
  })
  .meta({ id: 'PaginationV2' });

export const UserListV2 = envelope(z.array(ListedUserV2))
  .extend({ pagination: PaginationV2 })
  .meta({
    id: 'UserListV2',
    examples: [
      {
        status: 'ok',
        data: [listedJaneV2],
        pagination: { hasPrevious: false, hasNext: true, next: `limit=1&after=${jane.objectId}` },
      },
    ],
  });

const iso = (time: number | Date) => new Date(time).toISOString();

export function fullUser(user: UserRow): z.output<typeof FullUser> {
  const { objectId, profile, createdOn, lastModifiedOn, lastActiveAt } = user;
  return {
    ...listedUser(user),
    objectId,
    profile,
    createdOn: iso(createdOn),
    lastModifiedOn: iso(lastModifiedOn),
    lastActiveOn: lastActiveAt === undefined ? null : iso(lastActiveAt),
  };
}

export function listedUserV2(
  user: Omit<UserRow, 'createdOn' | 'lastModifiedOn' | 'version'> & { createdOn: number | Date },
): z.output<typeof ListedUserV2> {
  const { objectId, username, profile, firstName, lastName, email, createdOn } = user;
  return { _id: objectId, username, profile: { ...profile, firstName, lastName, email }, _createdOn: iso(createdOn) };
}

export function fullUserV2(user: UserRow): z.output<typeof FullUserV2> {
  const { _createdOn, ...listed } = listedUserV2(user);
  return { ...listed, ...listedUser(user), _createdOn, _lastModifiedOn: iso(user.lastModifiedOn) };
}
