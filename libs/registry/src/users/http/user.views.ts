import { z } from 'zod';

/** A user as lists and searches show it. */
export const ListedUser = z.object({
  id: z.int(),
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  isActive: z.boolean(),
});

/** Everything that is known of a user. Times as of RFC 3339, in UTC with milliseconds. */
export const FullUser = ListedUser.extend({
  objectId: z.string(),
  profile: z.record(z.string(), z.unknown()),
  createdOn: z.iso.datetime(),
  lastModifiedOn: z.iso.datetime(),
  lastActiveOn: z.iso.datetime().nullable(),
});

/** v2's profile: the free fields together with the three that v3 keeps apart. */
const ProfileV2 = z.looseObject({ firstName: z.string(), lastName: z.string(), email: z.string() });

export const ListedUserV2 = z.object({
  _id: z.string(),
  username: z.string(),
  profile: ProfileV2,
  _createdOn: z.iso.datetime(),
});

export const FullUserV2 = ListedUserV2.extend({
  id: z.int(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  isActive: z.boolean(),
  _lastModifiedOn: z.iso.datetime(),
});

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    count: z.int(),
    next: z.url().nullable(),
    previous: z.url().nullable(),
    results: z.array(item),
  });

export const envelope = <Data extends z.ZodType>(data: Data) => z.object({ status: z.literal('ok'), data });

export const UserListV2 = envelope(z.array(ListedUserV2)).extend({
  pagination: z.object({
    hasPrevious: z.boolean(),
    hasNext: z.boolean(),
    next: z.string().optional(),
    previous: z.string().optional(),
  }),
});
