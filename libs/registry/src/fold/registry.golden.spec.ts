import { describe, expect, it } from '@jest/globals';
import { judge } from './judge.js';
import { decodeCommand } from './registry.record.js';
import { RegistryState } from './registry.state.js';

const user = (username: string, email: string) =>
  `{"username":"${username}","email":"${email}","firstName":"","lastName":"","isActive":true,"profile":{"a":{"b":1}}}`;
const keys = (username: string, email: string) => `{"username":"${username}","email":"${email}"}`;
const id = (n: number) => `01976d2f-0000-7000-8000-${String(n).padStart(12, '0')}`;

/**
 * Records as they stand in logs, one of each kind, and what became of them. A log must be read and judged for ever as it
 * was at first: what is here is only ever added to.
 */
const golden: [record: string, verdict: object][] = [
  [
    `{"v":1,"id":"${id(1)}","by":"ann","command":{"type":"RegisterUser","keys":${keys('jane', 'j@x.y')},"user":${user('Jane', 'J@x.y')}}}`,
    { accepted: { type: 'user', id: 1, did: 'create', version: 1 } },
  ],
  [
    `{"v":1,"id":"${id(2)}","by":"ann","command":{"type":"RegisterUser","keys":${keys('jane', 'k@x.y')},"user":${user('JANE', 'k@x.y')}}}`,
    { rejected: 'username-taken' },
  ],
  [
    `{"v":1,"id":"${id(3)}","by":"ann","command":{"type":"RegisterUser","keys":${keys('kim', 'j@x.y')},"user":${user('kim', 'j@x.y')}}}`,
    { rejected: 'email-taken' },
  ],
  [
    `{"v":1,"id":"${id(4)}","by":"ann","command":{"type":"ChangeUser","userId":1,"keys":{},"changes":{"profile":{"a":{"b":null,"c":2}}}}}`,
    { accepted: { type: 'user', id: 1, did: 'change', version: 2, user: { profile: { a: { c: 2 } } } } },
  ],
  [
    `{"v":1,"id":"${id(5)}","by":"ann","command":{"type":"ChangeUser","userId":1,"ifVersions":[1],"keys":{},"changes":{}}}`,
    { rejected: 'stale-version' },
  ],
  [
    `{"v":1,"id":"${id(6)}","by":"ann","command":{"type":"ReplaceUser","userId":1,"ifVersions":[2],"keys":${keys('janet', 'j@x.y')},"user":${user('janet', 'j@x.y')}}}`,
    { accepted: { type: 'user', id: 1, did: 'change', version: 3, user: { username: 'janet' } } },
  ],
  [
    `{"v":1,"id":"${id(7)}","by":"ann","idempotency":{"key":"k","bodyHash":"h"},"command":{"type":"CreateWorkspace","name":"Tide"}}`,
    { accepted: { type: 'workspace', id: 1, did: 'create', version: 1, named: { name: 'Tide' } } },
  ],
  [
    `{"v":1,"id":"${id(8)}","by":"ann","idempotency":{"key":"k","bodyHash":"other"},"command":{"type":"CreateWorkspace","name":"Ebb"}}`,
    { rejected: 'idempotency-key-reused' },
  ],
  [
    `{"v":1,"id":"${id(9)}","by":"ann","command":{"type":"RenameWorkspace","id":1,"name":"Ebb"}}`,
    { accepted: { type: 'workspace', id: 1, did: 'change', version: 2 } },
  ],
  [
    `{"v":1,"id":"${id(10)}","by":"ann","command":{"type":"CreateGroup","name":"Sailors"}}`,
    { accepted: { type: 'group', id: 1, did: 'create', version: 1 } },
  ],
  [
    `{"v":1,"id":"${id(11)}","by":"ann","command":{"type":"AssignRole","target":{"type":"group","id":1},"holder":{"type":"user","id":1},"role":"member"}}`,
    { accepted: { type: 'role', id: 1, did: 'change', version: 0 } },
  ],
  [
    `{"v":1,"id":"${id(12)}","by":"ann","command":{"type":"AssignRole","target":{"type":"workspace","id":2},"holder":{"type":"group","id":1},"role":"admin"}}`,
    { rejected: 'not-found' },
  ],
  [
    `{"v":1,"id":"${id(13)}","by":"ann","command":{"type":"WithdrawRole","target":{"type":"group","id":1},"holder":{"type":"user","id":1}}}`,
    { accepted: { type: 'role', id: 1, did: 'change', version: 0 } },
  ],
  [
    `{"v":1,"id":"${id(14)}","by":"ann","command":{"type":"RenameGroup","id":1,"ifVersions":[9],"name":"x"}}`,
    { rejected: 'stale-version' },
  ],
  [
    `{"v":1,"id":"${id(15)}","by":"ann","command":{"type":"DeleteGroup","id":1}}`,
    { accepted: { type: 'group', id: 1, did: 'delete', version: 1 } },
  ],
  [
    `{"v":1,"id":"${id(16)}","by":"ann","command":{"type":"DeleteWorkspace","id":1,"ifVersions":[2]}}`,
    { accepted: { type: 'workspace', id: 1, did: 'delete', version: 2 } },
  ],
  [
    `{"v":1,"id":"${id(17)}","by":"ann","command":{"type":"DeleteUser","userId":1}}`,
    { accepted: { type: 'user', id: 1, did: 'delete', version: 3 } },
  ],
  [`{"v":1,"id":"${id(18)}","by":"ann","command":{"type":"DeleteUser","userId":1}}`, { rejected: 'not-found' }],
];

describe('a log of the past', () => {
  it('is read and judged as it was at first', () => {
    const state = new RegistryState();
    for (const [index, [text, verdict]] of golden.entries()) {
      const record = decodeCommand(Buffer.from(text));
      expect(record).toBeDefined();
      judge(state, 'demo', record!, Date.UTC(2026, 0, 1) + index);
      expect(state.outcomes.get(record!.id)?.verdict).toMatchObject(verdict);
    }
  });

  it('gives the ids that it gave at first', () => {
    const state = new RegistryState();
    judge(state, 'demo', decodeCommand(Buffer.from(golden[0]![0]))!, Date.UTC(2026, 0, 1));
    expect(state.users.get('demo/1')?.objectId).toBe('6955b9002a97510000000001');
  });
});
