import { describe, expect, it } from '@jest/globals';
import { scenario } from '../../../event-sourcing/test/given-when-then.js';
import { type Timed } from './timed.js';
import { digestsOf } from './digests.js';
import { PROFILE_BYTES, type UserChanges, type UserDetails } from './user.js';
import {
  type ChangeUser,
  type ReplaceUser,
  userDecider,
  type UserEvent,
  type UserRegistered,
  type UserState,
} from './user.decider.js';

const jane: UserDetails = {
  username: 'Jane',
  email: 'jane@example.com',
  firstName: '',
  lastName: '',
  isActive: true,
  profile: { team: 'tide', tags: { a: 1 } },
};
const hashes = { username: 'hash of jane', email: 'hash of jane@example.com' };
const key = 'the key of jane';
const registered: Timed<UserRegistered> = {
  type: 'UserRegistered',
  id: 1,
  objectId: 'a1',
  key,
  names: hashes,
  user: jane,
  at: 10,
};
const given = scenario(userDecider);
const givenOwners = (owners: UserState['owners']) =>
  scenario({ ...userDecider, initial: { ...userDecider.initial, owners } });

describe('a user', () => {
  it('is registered under the next ids, at the time of the record', () => {
    const { decision, state } = given().when({ type: 'RegisterUser', key, names: hashes, user: jane, at: 10 });
    expect(decision).toEqual([{ ...registered, objectId: '' }]);
    expect(state.user).toMatchObject({ ...jane, id: 1, version: 1, createdOn: 10, lastModifiedOn: 10 });
  });

  it.each([
    ['username', 'username-taken'],
    ['email', 'email-taken'],
  ])('is not registered under a %s that another has', (name, rejected) => {
    const { decision } = givenOwners({ [name]: 7 })().when({
      type: 'RegisterUser',
      key,
      names: hashes,
      user: jane,
      at: 10,
    });
    expect(decision).toMatchObject({ rejected });
  });

  it('may keep its own names in a replacement, which leaves nothing of the old details', () => {
    const plain = { ...jane, profile: {}, isActive: false };
    const { state } = givenOwners({ username: 1, email: 1 })(registered).when({
      type: 'ReplaceUser',
      userId: 1,
      key,
      names: hashes,
      user: plain,
      at: 20,
    });
    expect(state.user).toMatchObject({ ...plain, version: 2, createdOn: 10, lastModifiedOn: 20 });
  });

  it('changes in the fields that are named alone, the profile as a merge patch', () => {
    const { state } = given(registered).when({
      type: 'ChangeUser',
      userId: 1,
      key,
      names: {},
      changes: { lastName: 'Doe', profile: { team: null, tags: { b: 2 } } },
      at: 20,
    });
    expect(state.user).toMatchObject({ username: 'Jane', lastName: 'Doe', version: 2 });
    expect(state.user?.profile).toEqual({ tags: { a: 1, b: 2 } });
  });

  it('is changed by everybody who does not say which version is meant, and else by the current one alone', () => {
    const change = { type: 'ChangeUser', userId: 1, key, names: {}, changes: {}, at: 20 } as const;
    const twice = given(registered, { type: 'UserChanged', names: {}, changes: {}, at: 11 });
    expect(twice.when(change).decision).toHaveLength(1);
    expect(twice.when({ ...change, ifVersions: [2, 9] }).decision).toHaveLength(1);
    expect(twice.when({ ...change, ifVersions: [1] }).decision).toMatchObject({ rejected: 'stale-version' });
    expect(twice.when({ ...change, ifVersions: [] }).decision).toMatchObject({ rejected: 'stale-version' });
  });

  it('is not there for a command that was let in under another key, when it was not there', () => {
    const change = { type: 'ChangeUser', userId: 1, key: 'another', names: {}, changes: {}, at: 20 } as const;
    expect(given(registered).when(change).decision).toMatchObject({ rejected: 'not-found' });
  });

  it('is gone once deleted: no command finds it any more', () => {
    const gone = given(registered, { type: 'UserDeleted', at: 11 });
    expect(gone.state.user).toBeUndefined();
    expect(gone.when({ type: 'DeleteUser', userId: 1, at: 12 }).decision).toMatchObject({ rejected: 'not-found' });
  });

  it('is deleted by being erased, under the rules of a deletion, and tells which key goes', () => {
    const erase = { type: 'EraseUser', userId: 1, at: 20 } as const;
    const { decision, state } = given(registered).when(erase);
    expect(decision).toEqual([{ type: 'UserErased', key, at: 20 }]);
    expect(state.user).toBeUndefined();
    expect(given(registered).when({ ...erase, ifVersions: [2] }).decision).toMatchObject({ rejected: 'stale-version' });
  });

  it('can be erased when it was deleted before, and when it was erased, but not when it never was', () => {
    const erase = { type: 'EraseUser', userId: 1, at: 20 } as const;
    const former = scenario({ ...userDecider, initial: { ...userDecider.initial, deletedKey: key } })();
    expect(former.when(erase).decision).toEqual([{ type: 'UserErased', key, at: 20 }]);
    expect(former.when({ ...erase, ifVersions: [1] }).decision).toMatchObject({ rejected: 'stale-version' });
    expect(given().when(erase).decision).toMatchObject({ rejected: 'not-found' });
  });
});

describe('a user of whom the log has digests', () => {
  const hash = (text: string) => `#${text}`;
  const known = [
    { ...registered, at: 5 },
    { type: 'UserReplaced', names: hashes, digests: digestsOf(jane, hash), user: jane, at: 10 },
  ] as const;
  const change = (changes: UserChanges): ChangeUser & { at: number } => ({
    type: 'ChangeUser',
    userId: 1,
    key,
    names: {},
    digests: digestsOf(changes, hash),
    changes,
    at: 20,
  });
  const replace = (user: UserDetails): ReplaceUser & { at: number } => ({
    type: 'ReplaceUser',
    userId: 1,
    key,
    names: hashes,
    digests: digestsOf(user, hash),
    user,
    at: 20,
  });

  it.each<UserChanges>([
    {},
    { username: 'Jane', isActive: true },
    { profile: {} },
    { profile: { tags: { a: 1, b: null }, other: null } },
    { ...jane },
  ])('is not changed by %j, which is so already', (changes) => {
    const { decision, state } = given(...known).when(change(changes));
    expect(decision).toEqual([]);
    expect(state.user).toMatchObject({ version: 2, lastModifiedOn: 10 });
  });

  it('is not changed by a replacement that is equal but for the order of fields', () => {
    const { tags, team } = jane.profile as { tags: object; team: string };
    expect(given(...known).when(replace({ ...jane, profile: { tags, team } })).decision).toEqual([]);
  });

  it.each<UserChanges>([
    { username: 'jane' },
    { isActive: false },
    { lastName: 'Doe' },
    { profile: { team: 'ebb' } },
    { profile: { team: null } },
    { profile: { tags: { a: 2 } } },
    { profile: null },
  ])('is changed by %j, and again by nothing that is so by then', (changes) => {
    const { decision, state } = given(...known).when(change(changes));
    expect(decision).toHaveLength(1);
    expect(state.user).toMatchObject({ version: 3, lastModifiedOn: 20 });
    const left = given(...known, ...(decision as UserEvent[]));
    expect(left.when(change(changes)).decision).toEqual([]);
    const { username, email, firstName, lastName, isActive, profile } = state.user!;
    const whole = { username, email, firstName, lastName, isActive, profile };
    expect(left.when(replace(whole)).decision).toEqual([]);
    expect(left.when(replace(jane)).decision).toHaveLength(1);
  });

  it('has no profile any more when it is put back to its default', () => {
    expect(given(...known).when(change({ profile: null })).state.user?.profile).toEqual({});
  });

  it('takes changes of the profile, whatever was there when they were sent, up to the bound and no byte more', () => {
    const room = PROFILE_BYTES - Buffer.byteLength(JSON.stringify({ ...jane.profile, x: '' }));
    const fits = change({ profile: { x: 'x'.repeat(room) } });
    const filled = given(...known, ...(given(...known).when(fits).decision as UserEvent[]));
    expect(Buffer.byteLength(JSON.stringify(filled.state.user?.profile))).toBe(PROFILE_BYTES);
    expect(filled.when(change({ profile: { more: 1 } })).decision).toMatchObject({
      rejected: 'invalid-body',
      errors: [{ pointer: '/profile', code: 'too-large' }],
    });
    expect(given(...known).when(change({ profile: { x: 'x'.repeat(room + 1) } })).decision).toMatchObject({
      rejected: 'invalid-body',
    });
    expect(filled.when(change({ profile: { x: 'y'.repeat(room) } })).decision).toHaveLength(1);
    expect(filled.when(change({ firstName: 'Jane' })).decision).toHaveLength(1);
  });
});

describe('a user of whom the log has no digests', () => {
  const hash = (text: string) => `#${text}`;
  const large = { profile: { x: 'x'.repeat(PROFILE_BYTES) } };
  const change = (changes: UserChanges, version?: number): ChangeUser & { at: number } => ({
    ...({ type: 'ChangeUser', userId: 1, key, names: {}, changes, at: 20 } as const),
    digests: digestsOf(changes, hash),
    ...(version && { base: { version, digests: digestsOf(jane, hash) } }),
  });

  it('is judged by what the door saw where it is still so', () => {
    expect(given(registered).when(change({ profile: { team: 'tide' } }, 1)).decision).toEqual([]);
    expect(given(registered).when(change(large, 1)).decision).toMatchObject({ rejected: 'invalid-body' });
    const same = {
      ...change({}, 1),
      type: 'ReplaceUser',
      names: hashes,
      digests: digestsOf(jane, hash),
      user: jane,
    } as const;
    expect(given(registered).when(same).decision).toEqual([]);
    const { state } = given(registered).when(change({ profile: { team: null } }, 1));
    expect(state.user?.digests).toEqual(digestsOf({ ...jane, profile: { tags: { a: 1 } } }, hash));
  });

  it('is changed as by version 1 where somebody else changed it meanwhile', () => {
    const twice = given(registered, { type: 'UserChanged', names: {}, changes: { lastName: 'Doe' }, at: 11 });
    const { decision, state } = twice.when(change({ profile: { team: 'tide' } }, 1));
    expect(decision).toHaveLength(1);
    expect(state.user?.digests).toBeUndefined();
  });

  it('has no digests any more that are out of date', () => {
    const known = given(registered, {
      type: 'UserChanged',
      names: {},
      digests: digestsOf(jane, hash),
      changes: {},
      at: 11,
    });
    expect(known.state.user?.digests).toBeDefined();
    const old = { type: 'ChangeUser', userId: 1, key, names: {}, changes: { lastName: 'Doe' }, at: 20 } as const;
    expect(known.when(old).state.user?.digests).toBeUndefined();
    expect(known.when({ ...old, type: 'ReplaceUser', names: hashes, user: jane }).state.user?.digests).toBeUndefined();
  });
});
