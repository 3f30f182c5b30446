import { describe, expect, it } from '@jest/globals';
import { judge, type RegistryCommand, touchedBy } from './judge.js';
import { inEnvironment, type Loaded, RegistryState } from './registry.state.js';
import { type User } from './user.js';

const digests = { username: 'a', email: 'b', firstName: 'c', lastName: 'd', profile: {} };
const details = { username: 'jane', email: 'j@x.y', firstName: '', lastName: '', isActive: true, profile: {} };
const names = { username: '#jane', email: '#j@x.y' };
const other = { username: '#kim', email: '#k@x.y' };
const jane: User = {
  ...{ ...details, id: 1, objectId: 'o1', names, key: 'k1', digests },
  ...{ createdOn: 0, lastModifiedOn: 0, version: 1 },
};
const tide = { id: 1, name: 'Tide', createdOn: 0, version: 1 };
const ends = { target: { type: 'workspace', id: 1 }, holder: { type: 'group', id: 1 } } as const;
const membership = { target: { type: 'group', id: 1 }, holder: { type: 'user', id: 1 } } as const;

const commands: RegistryCommand[] = [
  { type: 'RegisterUser', key: 'k2', names: other, user: details },
  { type: 'ReplaceUser', userId: 1, key: 'k1', names: other, user: details },
  { type: 'ChangeUser', userId: 1, key: 'k1', names: { username: '#kim' }, changes: { username: 'kim' } },
  { type: 'ChangeUser', userId: 1, key: 'k1', names: { email: '#k@x.y' }, changes: { email: 'k@x.y' } },
  { type: 'DeleteUser', userId: 1 },
  { type: 'EraseUser', userId: 1 },
  { type: 'EraseUser', userId: 3 },
  { type: 'CreateWorkspace', name: 'Ebb' },
  { type: 'RenameWorkspace', id: 1, name: 'Ebb' },
  { type: 'DeleteWorkspace', id: 1 },
  { type: 'CreateGroup', name: 'Crew' },
  { type: 'RenameGroup', id: 1, name: 'Crew' },
  { type: 'DeleteGroup', id: 1 },
  { type: 'AssignRole', ...ends, role: 'editor' },
  { type: 'AssignRole', ...membership, role: 'member' },
  { type: 'WithdrawRole', ...ends },
  { type: 'WithdrawRole', ...membership },
];

/** Everything there is before the command. */
const there: readonly [Loaded, string | number, unknown][] = [
  ['users', 1, jane],
  ['deletedKeys', 3, 'k3'],
  ['usernames', names.username, 1],
  ['usernames', other.username, 2],
  ['emails', names.email, 1],
  ['emails', other.email, 2],
  ['workspaces', 1, tide],
  ['groups', 1, tide],
  ['roles', 'workspace/1/group/1', 'viewer'],
  ['roles', 'group/1/user/1', 'member'],
];

/** What becomes of a command where no more is loaded than this. */
function judged(command: RegistryCommand, isLoaded: (part: Loaded | 'counters', id: string | number) => boolean) {
  const state = new RegistryState();
  for (const [objects, id, value] of there) {
    if (isLoaded(objects, id)) state[objects].load(inEnvironment('demo', id), value as never);
  }
  const counters = { lastUserId: 3, lastWorkspaceId: 1, lastGroupId: 1, lastObjectSecond: 0, users: 1 };
  if (isLoaded('counters', 'demo')) state.counters.load('demo', counters);
  judge(state, { environment: 'demo', id: 'c1', command, offset: 0, at: 1_000 });
  const changes = Object.values(state).flatMap((one: { changes?: Map<string, unknown> }) => [...(one.changes ?? [])]);
  return { changes, erased: state.erased };
}

describe('the rules of a command', () => {
  it.each(commands)('touch all that it depends on: %j', (command) => {
    const touched = touchedBy(command);
    const isTouched = (part: Loaded | 'counters', id: string | number) =>
      part === 'counters' ? touched.counters === true : (touched[part]?.includes(id) ?? false);
    expect(judged(command, isTouched)).toEqual(judged(command, () => true));
  });

  it('touch nothing else: a batch loads what it names', () => {
    expect(touchedBy({ type: 'CreateGroup', name: 'Crew' })).toEqual({ counters: true });
    expect(touchedBy({ type: 'RenameGroup', id: 7, name: 'Crew' })).toEqual({ groups: [7] });
    expect(touchedBy({ type: 'AssignRole', ...membership, role: 'member' })).toEqual({
      users: [1],
      groups: [1],
      workspaces: [],
      roles: ['group/1/user/1'],
    });
  });
});
