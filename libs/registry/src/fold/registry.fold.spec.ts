import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LogRecord } from '#event-sourcing';
import { openViews, type Views } from '../../../../test/support/views.js';
import { nameKeys } from '../users/domain/user.names.js';
import { type UserDetails } from '../users/domain/user.js';
import { registryFold } from './registry.fold.js';
import { decodeCommand, encodeCommand, type RegistryCommand } from './registry.record.js';

const TABLES = [
  'environments',
  'user_blocks',
  'users',
  'user_search',
  'search_names',
  'workspaces',
  'groups',
  'roles',
  'outcomes',
  'idempotency_keys',
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

const command: fc.Arbitrary<RegistryCommand> = fc.oneof(
  { weight: 3, arbitrary: details.map((user) => ({ type: 'RegisterUser' as const, keys: nameKeys(user), user })) },
  fc
    .tuple(userId, ifVersions, details)
    .map(([id, versions, user]) =>
      optional({ type: 'ReplaceUser' as const, userId: id, ifVersions: versions, keys: nameKeys(user), user }),
    ),
  fc
    .tuple(userId, ifVersions, details, fc.subarray(['username', 'email', 'profile']))
    .map(([id, versions, user, named]) => {
      const changes = Object.fromEntries(Object.entries(user).filter(([field]) => named.includes(field)));
      return optional({
        type: 'ChangeUser' as const,
        userId: id,
        ifVersions: versions,
        keys: nameKeys(changes),
        changes,
      });
    }),
  fc
    .tuple(userId, ifVersions)
    .map(([id, versions]) => optional({ type: 'DeleteUser' as const, userId: id, ifVersions: versions })),
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

/** A log of one partition: commands, some of them twice, some with a key, and bytes that are none. */
const log: fc.Arbitrary<LogRecord[]> = fc
  .array(
    fc.record({
      environment: fc.constantFrom('one', 'two'),
      command,
      key: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined }),
      pause: fc.constantFrom(0, 1, 20 * HOUR),
      kind: fc.constantFrom('command', 'command', 'command', 'repeat', 'junk'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((entries) => {
    let time = Date.UTC(2026, 0, 1);
    let previous = 'never';
    return entries.map(({ environment, command, key, pause, kind }, offset) => {
      time += pause;
      const id = `00000000-0000-7000-8000-${String(offset).padStart(12, '0')}`;
      const idempotency = key && { key, bodyHash: JSON.stringify(command).length % 2 ? 'a' : 'b' };
      if (kind === 'command') {
        previous = encodeCommand({ v: 1, id, by: 'tester', ...(idempotency && { idempotency }), command });
      }
      const value = kind === 'junk' ? '{"v":1,"id":"junk"}' : previous;
      return { partition: 0, offset, key: environment, value: Buffer.from(value), time };
    });
  });

describe('the fold of the registry', () => {
  const withViews = async (count: number, check: (...views: Views[]) => Promise<void>) => {
    const views = await Promise.all(Array.from({ length: count }, () => openViews(registryFold)));
    await check(...views).finally(() => Promise.all(views.map((view) => view.close())));
  };

  it('gives the same rows, ids and verdicts whatever the batches, and with every record once more', async () => {
    await fc.assert(
      fc.asyncProperty(log, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (records, sizes) =>
        withViews(2, async (whole, parts) => {
          await whole.apply(records);
          for (const batch of cut(records, sizes)) await parts.apply(batch);
          expect(await parts.rows(...TABLES)).toEqual(await whole.rows(...TABLES));
          await parts.apply(records.filter(({ value }) => decodeCommand(value)));
          expect(await parts.rows(...TABLES)).toEqual(await whole.rows(...TABLES));
        }),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('never leaves a role whose target or holder is gone', async () => {
    await fc.assert(
      fc.asyncProperty(log, (records) =>
        withViews(1, async (views) => {
          await views.apply(records);
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
      fc.asyncProperty(log, (records) =>
        withViews(1, async (views) => {
          await views.apply(records);
          const { users, environments } = (await views.rows('users', 'environments')) as {
            users: { environment: string; id: number; username: string; email: string }[];
            environments: { environment: string; users: number; last_user_id: number }[];
          };
          for (const { environment, users: count, last_user_id } of environments) {
            const own = users.filter((user) => user.environment === environment);
            expect(own).toHaveLength(count);
            expect(new Set(own.map((user) => nameKeys(user).username)).size).toBe(count);
            expect(new Set(own.map((user) => nameKeys(user).email)).size).toBe(count);
            expect(own.every(({ id }) => id <= last_user_id)).toBe(true);
          }
        }),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

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
