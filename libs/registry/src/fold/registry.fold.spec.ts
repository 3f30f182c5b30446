import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LogRecord } from '#event-sourcing';
import { openViews, type Views } from '../../../../test/support/views.js';
import { commandIdAt } from '../../test/command-ids.js';
import { sealedRecord } from '../../test/sealed-log.js';
import { type AskedCommand, decodeRecords, unsealAll } from '../stored/command-seals.js';
import { Keyring } from '../stored/keyring.js';
import { type UserDetails } from '../decisions/user.js';
import { comparable } from '../decisions/user.names.js';
import { judge } from '../decisions/judge.js';
import { registryFold } from './registry.fold.js';
import { decodeRecord, encodeRecord } from '../stored/registry.record.js';
import { RegistryState } from '../decisions/registry.state.js';

const TABLES = [
  'environments',
  'user_blocks',
  'users',
  'former_users',
  'user_search',
  'search_names',
  'workspaces',
  'groups',
  'roles',
  'outcomes',
  'idempotency_keys',
  'registry_clock',
  'registry_voids',
];
const HOUR = 60 * 60 * 1000;

// Few names, ids and environments, so that commands meet.
const name = fc.constantFrom('ann', 'Ann', 'bob', 'ćećilia', "o'hara", '100%');
const details = fc.record({
  username: name,
  email: name.map((local) => `${local}@example.com`),
  firstName: fc.constantFrom('', 'Ann'),
  lastName: fc.constant(''),
  isActive: fc.boolean(),
  profile: fc.constantFrom({}, { a: { b: 1 } }, { a: { b: null, c: 'ü' } }),
}) satisfies fc.Arbitrary<UserDetails>;
const userId = fc.integer({ min: 1, max: 5 });
const smallId = fc.integer({ min: 1, max: 3 });
const ifVersions = fc.option(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), { nil: undefined });
const optional = <T extends object>(value: T) => JSON.parse(JSON.stringify(value)) as T;

const asked: fc.Arbitrary<AskedCommand> = fc.oneof(
  { weight: 3, arbitrary: details.map((user) => ({ type: 'RegisterUser' as const, user })) },
  fc
    .tuple(userId, ifVersions, details)
    .map(([id, versions, user]) => optional({ type: 'ReplaceUser' as const, userId: id, ifVersions: versions, user })),
  fc
    .tuple(userId, ifVersions, details, fc.subarray(['username', 'email', 'profile']))
    .map(([id, versions, user, named]) => {
      const whole = { ...user, profile: id === 5 ? null : user.profile };
      const changes = Object.fromEntries(Object.entries(whole).filter(([field]) => named.includes(field)));
      return optional({
        type: 'ChangeUser' as const,
        userId: id,
        ifVersions: versions,
        changes,
      });
    }),
  fc
    .tuple(userId, ifVersions, fc.constantFrom('DeleteUser' as const, 'EraseUser' as const))
    .map(([id, versions, type]) => optional({ type, userId: id, ifVersions: versions })),
  fc
    .tuple(
      fc.constantFrom('Workspace' as const, 'Group' as const),
      fc.constantFrom('Create', 'Rename', 'Delete'),
      smallId,
      ifVersions,
      name,
    )
    .map(([kind, verb, id, versions, to]) => {
      if (verb === 'Create') return { type: `Create${kind}` as const, name: to };
      const target = optional({ id, ifVersions: versions });
      return verb === 'Rename'
        ? { type: `Rename${kind}` as const, ...target, name: to }
        : { type: `Delete${kind}` as const, ...target };
    }),
  fc
    .record({
      target: fc.record({ type: fc.constantFrom('group' as const, 'workspace' as const), id: smallId }),
      holder: fc.record({ type: fc.constantFrom('user' as const, 'group' as const), id: smallId }),
      role: fc.constantFrom('viewer' as const, 'admin' as const, undefined),
    })
    .map(({ target, holder, role }) =>
      role ? { type: 'AssignRole' as const, target, holder, role } : { type: 'WithdrawRole' as const, target, holder },
    ),
);

/** What comes into a log of one partition: orders, some of them twice, some with a key, and bytes that are none. */
const entries = fc.array(
  fc.record({
    environment: fc.constantFrom('one', 'two'),
    asked,
    key: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined }),
    pause: fc.constantFrom(0, 1, 1_000, 20 * HOUR, 24 * HOUR, -1, -HOUR, -30 * HOUR),
    kind: fc.constantFrom('command', 'command', 'command', 'repeat', 'junk'),
  }),
  { minLength: 1, maxLength: 40 },
);
type Entry = typeof entries extends fc.Arbitrary<(infer One)[]> ? One : never;

/** The records of these entries, each let in at a door that knows all that came before. */
async function logOf(keyring: Keyring, given: readonly Entry[]): Promise<LogRecord[]> {
  const known = new RegistryState();
  const records: LogRecord[] = [];
  let time = Date.UTC(2026, 0, 1);
  let previous = 'never';
  for (const [offset, { environment, asked, key, pause, kind }] of given.entries()) {
    time += pause;
    const idempotency = key ? { key, bodyHash: JSON.stringify(asked).length % 2 ? 'a' : 'b' } : undefined;
    if (kind === 'command') {
      const user =
        'userId' in asked && asked.type !== 'DeleteUser' && asked.type !== 'EraseUser'
          ? known.users.get(`${environment}/${asked.userId}`)
          : undefined;
      const sent = { id: commandIdAt(time), asked: user ? { ...asked, key: user.key } : asked, idempotency };
      previous = encodeRecord(await sealedRecord(keyring, environment, sent));
    }
    const value = kind === 'junk' ? '{"v":1,"id":"junk"}' : previous;
    records.push({ partition: 0, offset, key: environment, value: Buffer.from(value), time });
    const { commands } = await unsealAll(keyring, decodeRecords(records.slice(-1)).stored);
    for (const command of commands) judge(known, command);
  }
  return records;
}

describe('the fold of the registry', () => {
  let keys: Views;
  let keyring: Keyring;
  beforeAll(async () => {
    keys = await openViews((namespace, postgres) => {
      keyring = new Keyring(postgres, namespace, []);
      return registryFold(namespace, keyring);
    });
    await keyring.prepare(false);
  });
  afterAll(() => keys.close());

  const withViews = async (count: number, check: (...views: Views[]) => Promise<void>) => {
    const open = () => openViews((namespace) => registryFold(namespace, keyring));
    const views = await Promise.all(Array.from({ length: count }, open));
    await check(...views).finally(() => Promise.all(views.map((view) => view.close())));
  };

  it('gives the same rows, ids and verdicts whatever the batches, and with each that is remembered once more', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (given, sizes) =>
        withViews(2, async (whole, parts) => {
          const records = await logOf(keyring, given);
          await whole.apply(records);
          for (const batch of cut(records, sizes)) await parts.apply(batch);
          expect(await parts.rows(...TABLES)).toEqual(await whole.rows(...TABLES));
          const { outcomes } = (await whole.rows('outcomes')) as { outcomes: { command_id: string }[] };
          const remembered = new Set(outcomes.map(({ command_id }) => command_id));
          await parts.apply(records.filter(({ value }) => remembered.has(decodeRecord(value)?.id ?? '')));
          expect(await parts.rows(...TABLES)).toEqual(await whole.rows(...TABLES));
        }),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('never leaves a role whose target or holder is gone', async () => {
    await fc.assert(
      fc.asyncProperty(entries, (given) =>
        withViews(1, async (views) => {
          await views.apply(await logOf(keyring, given));
          const rows = (await views.rows('users', 'groups', 'workspaces', 'roles')) as Record<string, Row[]>;
          const there = (environment: string, type: string, id: number) =>
            rows[`${type}s`]!.some((row) => row.environment === environment && row.id === id);
          for (const role of rows.roles!) {
            expect(there(role.environment, role.target_type, role.target_id)).toBe(true);
            expect(there(role.environment, role.holder_type, role.holder_id)).toBe(true);
          }
        }),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('never has a name twice, a count that is off or an id used again', async () => {
    await fc.assert(
      fc.asyncProperty(entries, (given) =>
        withViews(1, async (views) => {
          await views.apply(await logOf(keyring, given));
          const { users, environments } = (await views.rows('users', 'environments')) as {
            users: { environment: string; id: number; username: string; email: string }[];
            environments: { environment: string; users: number; last_user_id: number }[];
          };
          for (const { environment, users: count, last_user_id } of environments) {
            const own = users.filter((user) => user.environment === environment);
            expect(own).toHaveLength(count);
            expect(new Set(own.map((user) => comparable(user.username))).size).toBe(count);
            expect(new Set(own.map((user) => comparable(user.email))).size).toBe(count);
            expect(own.every(({ id }) => id <= last_user_id)).toBe(true);
          }
        }),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('leaves a search nothing to read through beside its index, when many users have been registered', () =>
    withViews(1, async (views) => {
      const people = Array.from({ length: views.fold.batch + 1 }, (_, n) => ({ username: `u${n}`, email: `${n}@x.y` }));
      const records = await registrations(keyring, people);
      await views.apply(records.slice(0, -1));
      await views.apply(records.slice(-1));
      const { rows } = await views.postgres.query(`SELECT gin_clean_pending_list('user_search_tokens') AS pages`);
      expect(rows).toEqual([{ pages: 0 }]);
    }));
});

async function registrations(
  keyring: Keyring,
  people: readonly Pick<UserDetails, 'username' | 'email'>[],
): Promise<LogRecord[]> {
  const records = people.map(async (names, offset) => {
    const user = { ...names, firstName: 'Jane', lastName: 'Doe', isActive: true, profile: {} };
    const record = await sealedRecord(keyring, 'one', { id: randomUUID(), asked: { type: 'RegisterUser', user } });
    return { partition: 0, offset, key: 'one', value: Buffer.from(encodeRecord(record)), time: 0 };
  });
  return Promise.all(records);
}

interface Row {
  environment: string;
  id: number;
  target_type: string;
  target_id: number;
  holder_type: string;
  holder_id: number;
}

function cut(records: readonly LogRecord[], sizes: readonly number[]): LogRecord[][] {
  const batches: LogRecord[][] = [];
  for (let start = 0, turn = 0; start < records.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    batches.push(records.slice(start, start + size));
    start += size;
  }
  return batches;
}
