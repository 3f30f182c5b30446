import { describe, expect, it } from '@jest/globals';
import { commandIdAt } from '../../test/command-ids.js';
import { newCommandId, timeOfCommandId } from './command-id.js';
import { decodeRecord, encodeRecord } from './registry.record.js';

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
    expect(newCommandId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const before = Date.now();
    const madeOn = timeOfCommandId(newCommandId());
    expect(before <= madeOn && madeOn <= Date.now()).toBe(true);
    expect(timeOfCommandId(commandIdAt(1_750_000_000_123))).toBe(1_750_000_000_123);
  });
});
