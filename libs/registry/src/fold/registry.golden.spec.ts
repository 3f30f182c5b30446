import { type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { unsealRecord } from '../sealing/command-seals.js';
import { RootKey } from '../sealing/root-key.js';
import { judge } from './judge.js';
import { decodeRecord } from './registry.record.js';
import { RegistryState } from './registry.state.js';

/**
 * Records as they stand in logs, one of each kind, and what became of them. A log must be read and judged for ever as it
 * was at first: what is here is only ever added to.
 */
const golden: [record: string, verdict: object][] = [
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000001","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000001","names":{"username":"Xo6r36uLrlEzu6N0NL5IvQ","email":"xmZiEI05YP7-BLrmANfD_A"},"isActive":true,"sealed":"00F9TqkeyXwfXYsMREek+GDJVSHmoVFdckp2GarHSBCWFPW8D3u1W74nLY6v9Gy18aCoXBv6kUbSoHuNUAX3LMnfcK2JASHyhb0rEeIqGZFfoZMDthOoMNvRC01dr4DTAEsqW+xJgzQ40HK7PzHTTDR0IsA="}}',
    { accepted: { type: 'user', id: 1, did: 'create', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000002","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000002","names":{"username":"Xo6r36uLrlEzu6N0NL5IvQ","email":"nWh0BjCt2M6viPLgJe0HSA"},"isActive":true,"sealed":"iQ60EwTdzo7B/BzR5oPdhGcqnACrCjH1ZqEhMtpLdbjpt5rkuNDVylXfduwVYqehwzg66a1X5NB1w/VmBxQZP+tB/GvzotPLhK6o4phW4zxPVBnz9txyRLRUDyemVwwBDReTpH5+5fdlpLgmDFKDV+EZhC8="}}',
    { rejected: 'username-taken' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000003","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000003","names":{"username":"W0ShiKqcolK9SRjcV58qgA","email":"xmZiEI05YP7-BLrmANfD_A"},"isActive":true,"sealed":"p2wHmkcvbsrVzlYS2wxPiJHY1iS9d1dkkZJeaBPQnXKMk9aOr3UZkUlWF6hUWP5nu9W5USy29cgLD83ajTo06qMKXvv7JYDnfdfxDeHLPE/TC+9u3oI7YNKDp6N586lN5WS/FkTPOVDarwKaRmVlBYtMXQ=="}}',
    { rejected: 'email-taken' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000004","by":"ann","command":{"type":"ChangeUser","userId":1,"key":"01976d2f-0000-7000-8000-000000000001","names":{},"sealed":"/PvMlHX63FwZExp62iW2VLCDfmqKRRfDC9UNZY0QFwDvuh3zOEXiocA6gf9ytxI8aHvyw+lVEuJSM8a8vgw="}}',
    { accepted: { type: 'user', id: 1, did: 'change', version: 2, user: { profile: { a: { c: 2 } } } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000005","by":"ann","command":{"type":"ChangeUser","userId":1,"ifVersions":[1],"key":"01976d2f-0000-7000-8000-000000000001","names":{},"isActive":false,"sealed":"VHyLMr+XgP1PfCYlT2uApCbW+sVZJ/+TWkK/Bqlu"}}',
    { rejected: 'stale-version' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000006","by":"ann","command":{"type":"ReplaceUser","userId":1,"ifVersions":[2],"key":"01976d2f-0000-7000-8000-000000000001","names":{"username":"gOKqaypYE7geM3dij361bw","email":"xmZiEI05YP7-BLrmANfD_A"},"isActive":true,"sealed":"nXI7n9MFH4yABsgvdcw76sTzGwhi2Bw+hmL2YR3mQn1f+Aub4+IPEC2TftElLVyBOcqh7RC/CW+1m1oAJACISa8MGPzCeRCiag7AsA5y1xVZ6pjqSntT1/lnMD6HZUuMH1/P0yjGNnvsm2KJIopzizcvurYQ"}}',
    { accepted: { type: 'user', id: 1, did: 'change', version: 3, user: { username: 'janet' } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000019","by":"ann","command":{"type":"ChangeUser","userId":1,"key":"01976d2f-0000-7000-8000-000000000019","names":{},"isActive":false,"sealed":"Kwn7QAxKp9F+e+xEqVcVzrJs2v3EijgP8d6DpsId"}}',
    { rejected: 'not-found' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000007","by":"ann","idempotency":{"key":"k","bodyHash":"h"},"command":{"type":"CreateWorkspace","name":"Tide"}}',
    { accepted: { type: 'workspace', id: 1, did: 'create', version: 1, named: { name: 'Tide' } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000008","by":"ann","idempotency":{"key":"k","bodyHash":"other"},"command":{"type":"CreateWorkspace","name":"Ebb"}}',
    { rejected: 'idempotency-key-reused' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000009","by":"ann","command":{"type":"RenameWorkspace","id":1,"name":"Ebb"}}',
    { accepted: { type: 'workspace', id: 1, did: 'change', version: 2 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000010","by":"ann","command":{"type":"CreateGroup","name":"Sailors"}}',
    { accepted: { type: 'group', id: 1, did: 'create', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000011","by":"ann","command":{"type":"AssignRole","target":{"type":"group","id":1},"holder":{"type":"user","id":1},"role":"member"}}',
    { accepted: { type: 'role', id: 1, did: 'change', version: 0 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000012","by":"ann","command":{"type":"AssignRole","target":{"type":"workspace","id":2},"holder":{"type":"group","id":1},"role":"admin"}}',
    { rejected: 'not-found' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000013","by":"ann","command":{"type":"WithdrawRole","target":{"type":"group","id":1},"holder":{"type":"user","id":1}}}',
    { accepted: { type: 'role', id: 1, did: 'change', version: 0 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000014","by":"ann","command":{"type":"RenameGroup","id":1,"ifVersions":[9],"name":"x"}}',
    { rejected: 'stale-version' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000015","by":"ann","command":{"type":"DeleteGroup","id":1}}',
    { accepted: { type: 'group', id: 1, did: 'delete', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000016","by":"ann","command":{"type":"DeleteWorkspace","id":1,"ifVersions":[2]}}',
    { accepted: { type: 'workspace', id: 1, did: 'delete', version: 2 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000017","by":"ann","command":{"type":"DeleteUser","userId":1}}',
    { accepted: { type: 'user', id: 1, did: 'delete', version: 3 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000018","by":"ann","command":{"type":"DeleteUser","userId":1}}',
    { rejected: 'not-found' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000020","by":"ann","command":{"type":"EraseUser","userId":1}}',
    { accepted: { type: 'user', id: 1, did: 'delete', version: 0 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000021","by":"ann","command":{"type":"EraseUser","userId":1,"ifVersions":[3]}}',
    { rejected: 'stale-version' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000022","by":"ann","command":{"type":"EraseUser","userId":2}}',
    { rejected: 'not-found' },
  ],
];

// What they were written with.
const root = new RootKey(Buffer.alloc(32, 1));
const salt = Buffer.alloc(32, 2);
const names = (text: string) => [...text.matchAll(/"key":"([0-9a-f-]{36})"/g)].map(([, key]) => key!);
const keysOf = (text: string) =>
  new Map(names(text).map((key) => [`demo/${key}`, root.userKey('demo', key, salt)] as const));

function judged(keysOf: (text: string) => Map<string, KeyObject>): RegistryState {
  const state = new RegistryState();
  for (const [index, [text]] of golden.entries()) {
    const record = unsealRecord(decodeRecord(Buffer.from(text))!, 'demo', keysOf(text));
    judge(state, 'demo', record, Date.UTC(2026, 0, 1) + index);
  }
  return state;
}

const idOf = (text: string) => (JSON.parse(text) as { id: string }).id;

describe('a log of the past', () => {
  it('is read and judged as it was at first', () => {
    const state = judged(keysOf);
    for (const [text, verdict] of golden) expect(state.outcomes.get(idOf(text))?.verdict).toMatchObject(verdict);
  });

  it('is judged the same when its keys have been erased, and tells nothing personal any more', () => {
    const [whole, erased] = [judged(keysOf), judged(() => new Map())];
    for (const [text] of golden) {
      const verdict = erased.outcomes.get(idOf(text))?.verdict;
      expect(withoutPersonal(verdict)).toEqual(withoutPersonal(whole.outcomes.get(idOf(text))?.verdict));
      expect(JSON.stringify(verdict)).not.toMatch(/jane|x\.y/i);
    }
  });

  it('tells nothing personal to who has no keys', () => {
    expect(JSON.stringify(golden.map(([text]) => text))).not.toMatch(/jane|x\.y|profile/i);
  });

  it('gives the ids that it gave at first', () => {
    expect(judged(keysOf).outcomes.get(idOf(golden[0]![0]))?.verdict).toMatchObject({
      accepted: { user: { objectId: '6955b9002a97510000000001' } },
    });
  });

  it('knows names by the hashes that they had at first', () => {
    expect(root.nameHash('demo', 'username', 'jane')).toBe('Xo6r36uLrlEzu6N0NL5IvQ');
    expect(root.nameHash('demo', 'email', 'j@x.y')).toBe('xmZiEI05YP7-BLrmANfD_A');
    expect(root.bodyHash('body')).toBe('1viY65R0Ds2lDF_lT-qHD05XviHysCv4tfyi1Yj6L5s');
  });
});

const PERSONAL = ['username', 'email', 'firstName', 'lastName', 'profile'];

/** A verdict as far as it has to be the same without the keys. */
function withoutPersonal(verdict: unknown): unknown {
  return JSON.parse(JSON.stringify(verdict), (field, value: unknown) =>
    PERSONAL.includes(field) && typeof field === 'string' && !isHash(value) ? undefined : value,
  );
}

const isHash = (value: unknown) => typeof value === 'string' && /^[\w-]{22}$/.test(value);
