import { describe, expect, it } from '@jest/globals';
import { newCommandId, timeOfCommandId } from '../commands/command-id.js';
import { judge } from './judge.js';
import { type CommandRecord, decodeRecord, encodeRecord, type RegistryCommand } from './registry.record.js';
import { RegistryState } from './registry.state.js';

const hashes = (username: string) => ({ username: `#${username}`, email: `#${username}@example.com` });
const register = (username: string): RegistryCommand => {
  const user = { username, email: `${username}@example.com`, firstName: '', lastName: '', isActive: true, profile: {} };
  return { type: 'RegisterUser', key: `key of ${username}`, names: hashes(username), user };
};
const record = (command: RegistryCommand, more: Partial<CommandRecord> = {}): CommandRecord => ({
  v: 1,
  id: newCommandId(),
  by: 'tester',
  command,
  ...more,
});
const verdict = (state: RegistryState, { id }: CommandRecord) => state.outcomes.get(id)?.verdict;
const DAY = 24 * 60 * 60 * 1000;

describe('the registry judges', () => {
  it('for the first in the log when two want one name', () => {
    const state = new RegistryState();
    const [first, second] = [record(register('jane')), record(register('jane'))];
    judge(state, 'demo', first, 1000);
    judge(state, 'demo', second, 1000);
    expect(verdict(state, first)).toMatchObject({ accepted: { type: 'user', id: 1, did: 'create', version: 1 } });
    expect(verdict(state, second)).toMatchObject({ rejected: 'username-taken' });
  });

  it('a command that is in the log twice once', () => {
    const state = new RegistryState();
    const command = record(register('jane'));
    judge(state, 'demo', command, 1000);
    judge(state, 'demo', command, 2000);
    expect(verdict(state, command)).toMatchObject({ accepted: { id: 1 } });
    expect(state.counters.get('demo')).toMatchObject({ lastUserId: 1, users: 1 });
  });

  it('each environment for itself', () => {
    const state = new RegistryState();
    for (const environment of ['one', 'two']) judge(state, environment, record(register('jane')), 1000);
    expect(state.users.get('one/1')?.objectId).not.toBe(state.users.get('two/1')?.objectId);
    expect(state.counters.get('two')?.users).toBe(1);
  });

  it('names free again, and ids not, when their user is deleted', () => {
    const state = new RegistryState();
    judge(state, 'demo', record(register('jane')), 1000);
    judge(state, 'demo', record({ type: 'DeleteUser', userId: 1 }), 1000);
    const again = record(register('jane'));
    judge(state, 'demo', again, 1000);
    expect(verdict(state, again)).toMatchObject({ accepted: { id: 2 } });
    expect(state.counters.get('demo')).toMatchObject({ lastUserId: 2, users: 1 });
  });

  it('a name free for others as soon as its user has another', () => {
    const state = new RegistryState();
    judge(state, 'demo', record(register('a')), 1);
    judge(state, 'demo', record(register('b')), 1);
    const rename = (userId: number, from: string, to: string) => {
      const names = { username: hashes(to).username };
      return record({ type: 'ChangeUser', userId, key: `key of ${from}`, names, changes: { username: to } });
    };
    judge(state, 'demo', rename(1, 'a', 'c'), 1);
    const taken = rename(2, 'b', 'a');
    judge(state, 'demo', taken, 1);
    expect(verdict(state, taken)).toMatchObject({ accepted: { id: 2, version: 2 } });
    expect(state.usernames.get('demo/#a')).toBe(2);
  });

  it('object ids that rise even when the clock of the log falls', () => {
    const state = new RegistryState();
    for (const [index, at] of [9_000, 1_000, 5_000, 9_500].entries()) {
      judge(state, 'demo', record(register(`user${index}`)), at);
    }
    const ids = [1, 2, 3, 4].map((id) => state.users.get(`demo/${id}`)!.objectId);
    expect(ids).toEqual([...ids].sort());
    expect(ids.every((id) => /^[0-9a-f]{24}$/.test(id))).toBe(true);
  });

  it('the same key and body as the first for 24 hours, another body not at all, and anew after that', () => {
    const state = new RegistryState();
    const keyed = (username: string, bodyHash: string) =>
      record(register(username), { idempotency: { key: 'k', bodyHash } });
    const [first, resent, other, nextDay] = [keyed('a', '1'), keyed('a', '1'), keyed('b', '2'), keyed('b', '2')];
    judge(state, 'demo', first, 0);
    judge(state, 'demo', resent, DAY - 1);
    judge(state, 'demo', other, DAY - 1);
    judge(state, 'demo', nextDay, DAY);
    expect(verdict(state, resent)).toEqual(verdict(state, first));
    expect(verdict(state, other)).toMatchObject({ rejected: 'idempotency-key-reused' });
    expect(verdict(state, nextDay)).toMatchObject({ accepted: { id: 2 } });
  });
});

describe('a record of the registry', () => {
  it('is read back as it was written', () => {
    const stored = { v: 1 as const, id: newCommandId(), by: 'tester', idempotency: { key: 'k', bodyHash: 'h' } };
    const command = { type: 'ChangeUser' as const, userId: 1, key: newCommandId(), names: {}, sealed: 'AAAA' };
    expect(decodeRecord(Buffer.from(encodeRecord({ ...stored, command })))).toEqual({ ...stored, command });
  });

  it.each([
    '',
    'no json',
    '{}',
    'null',
    '[1]',
    '{"v":1,"id":"x","by":"y","command":{"type":"RegisterUser"}}',
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000001","by":"y"}',
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000001","by":"y","command":{"type":1}}',
    '{"id":"01976d2f-0000-7000-8000-000000000001","by":"y","command":{"type":"DeleteUser","userId":1}}',
    '{"v":0,"id":"01976d2f-0000-7000-8000-000000000001","by":"y","command":{"type":"DeleteUser","userId":1}}',
    '\u0000\uffff',
  ])('is void when it is %j', (text) => expect(decodeRecord(Buffer.from(text))).toBeUndefined());

  it('of newer code is not passed over', () => {
    expect(() => decodeRecord(Buffer.from('{"v":3,"id":"x"}'))).toThrow(/version 3 .* update/);
  });

  const newer = (command: object, more: object = {}) => ({ v: 1, id: newCommandId(), by: 'ann', command, ...more });
  it.each([
    [newer({ type: 'ArchiveWorkspace', id: 1 }), '"ArchiveWorkspace", whose "command.type"'],
    [newer({ type: 'DeleteUser', userId: 1, erase: true }), '"DeleteUser", whose "command.erase"'],
    [newer({ type: 'DeleteUser', userId: 'jane' }), '"DeleteUser", whose "command.userId"'],
    [newer({ type: 'CreateGroup' }), '"CreateGroup", whose "command.name"'],
    [
      newer({
        type: 'AssignRole',
        target: { type: 'workspace', id: 1 },
        holder: { type: 'user', id: 1 },
        role: 'owner',
      }),
      '"AssignRole", whose "command.role"',
    ],
    [
      newer({ type: 'WithdrawRole', target: { type: 'team', id: 1 }, holder: { type: 'user', id: 1 } }),
      '"WithdrawRole", whose "command.target.type"',
    ],
    [newer({ type: 'CreateGroup', name: 'x' }, { onBehalfOf: 'bob' }), '"CreateGroup", whose "onBehalfOf"'],
  ])('of newer code is told with its place and what is new, without what may be personal: %j', (record, what) => {
    const value = Buffer.from(JSON.stringify(record));
    const at = { partition: 2, offset: 17, key: 'demo', value, time: 1 };
    expect(() => decodeRecord(value, at)).toThrow(
      `a command ${what} this code lacks, at position 17 of partition 2 was written by newer code than this: ` +
        'update the projector, which goes on from there',
    );
  });

  it('carries an id that is a UUID of version 7 and tells when it was made', () => {
    expect(newCommandId(1)).toMatch(/^00000000-0001-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOfCommandId(newCommandId(1_750_000_000_123))).toBe(1_750_000_000_123);
  });
});
