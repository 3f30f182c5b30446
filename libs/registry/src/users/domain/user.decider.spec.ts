import { describe, expect, it } from '@jest/globals';
import { scenario } from '#event-sourcing';
import { type UserDetails } from './user.js';
import { userDecider, type UserState } from './user.decider.js';
import { type UserRegistered } from './user.events.js';

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
const registered: UserRegistered = {
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
    const former = scenario({ ...userDecider, initial: { ...userDecider.initial, formerKey: key } })();
    expect(former.when(erase).decision).toEqual([{ type: 'UserErased', key, at: 20 }]);
    expect(former.when({ ...erase, ifVersions: [1] }).decision).toMatchObject({ rejected: 'stale-version' });
    expect(given().when(erase).decision).toMatchObject({ rejected: 'not-found' });
  });
});
