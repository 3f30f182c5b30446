import { describe, expect, it } from '@jest/globals';
import { judge, type LoggedCommand, type RegistryCommand } from './judge.js';
import { RegistryState } from './registry.state.js';

const hashes = (username: string) => ({ username: `#${username}`, email: `#${username}@example.com` });
const register = (username: string): RegistryCommand => {
  const user = { username, email: `${username}@example.com`, firstName: '', lastName: '', isActive: true, profile: {} };
  return { type: 'RegisterUser', key: `key of ${username}`, names: hashes(username), user };
};
type Sent = Pick<LoggedCommand, 'id' | 'command' | 'idempotency'>;
let sent = 0;
const record = (command: RegistryCommand, more: Partial<Sent> = {}): Sent => ({ id: `c${++sent}`, command, ...more });
const judgeAt = (state: RegistryState, environment: string, command: Sent, at: number) =>
  judge(state, { environment, ...command, offset: 0, at });
const verdict = (state: RegistryState, { id }: Sent) => state.outcomes.get(id)?.verdict;
const DAY = 24 * 60 * 60 * 1000;

describe('the registry judges', () => {
  it('for the first in the log when two want one name', () => {
    const state = new RegistryState();
    const [first, second] = [record(register('jane')), record(register('jane'))];
    judgeAt(state, 'demo', first, 1000);
    judgeAt(state, 'demo', second, 1000);
    expect(verdict(state, first)).toMatchObject({ accepted: { type: 'user', id: 1, did: 'create', version: 1 } });
    expect(verdict(state, second)).toMatchObject({ rejected: 'username-taken' });
  });

  it('a command that is in the log twice once', () => {
    const state = new RegistryState();
    const command = record(register('jane'));
    judgeAt(state, 'demo', command, 1000);
    judgeAt(state, 'demo', command, 2000);
    expect(verdict(state, command)).toMatchObject({ accepted: { id: 1 } });
    expect(state.counters.get('demo')).toMatchObject({ lastUserId: 1, users: 1 });
  });

  it('each environment for itself', () => {
    const state = new RegistryState();
    for (const environment of ['one', 'two']) judgeAt(state, environment, record(register('jane')), 1000);
    expect(state.users.get('one/1')?.objectId).not.toBe(state.users.get('two/1')?.objectId);
    expect(state.counters.get('two')?.users).toBe(1);
  });

  it('names free again, and ids not, when their user is deleted', () => {
    const state = new RegistryState();
    judgeAt(state, 'demo', record(register('jane')), 1000);
    judgeAt(state, 'demo', record({ type: 'DeleteUser', userId: 1 }), 1000);
    const again = record(register('jane'));
    judgeAt(state, 'demo', again, 1000);
    expect(verdict(state, again)).toMatchObject({ accepted: { id: 2 } });
    expect(state.counters.get('demo')).toMatchObject({ lastUserId: 2, users: 1 });
  });

  it('a name free for others as soon as its user has another', () => {
    const state = new RegistryState();
    judgeAt(state, 'demo', record(register('a')), 1);
    judgeAt(state, 'demo', record(register('b')), 1);
    const rename = (userId: number, from: string, to: string) => {
      const names = { username: hashes(to).username };
      return record({ type: 'ChangeUser', userId, key: `key of ${from}`, names, changes: { username: to } });
    };
    judgeAt(state, 'demo', rename(1, 'a', 'c'), 1);
    const taken = rename(2, 'b', 'a');
    judgeAt(state, 'demo', taken, 1);
    expect(verdict(state, taken)).toMatchObject({ accepted: { id: 2, version: 2 } });
    expect(state.usernames.get('demo/#a')).toBe(2);
  });

  it('object ids that rise even when the clock of the log falls', () => {
    const state = new RegistryState();
    for (const [index, at] of [9_000, 1_000, 5_000, 9_500].entries()) {
      judgeAt(state, 'demo', record(register(`user${index}`)), at);
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
    judgeAt(state, 'demo', first, 0);
    judgeAt(state, 'demo', resent, DAY - 1);
    judgeAt(state, 'demo', other, DAY - 1);
    judgeAt(state, 'demo', nextDay, DAY);
    expect(verdict(state, resent)).toEqual(verdict(state, first));
    expect(verdict(state, other)).toMatchObject({ rejected: 'idempotency-key-reused' });
    expect(verdict(state, nextDay)).toMatchObject({ accepted: { id: 2 } });
  });
});
