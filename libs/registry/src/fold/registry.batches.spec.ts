import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LogRecord } from '#event-sourcing';
import { openViews, type Views } from '../../../../test/support/views.js';
import { sealedRecord } from '../../test/sealed-log.js';
import { type AskedCommand } from '../stored/command-seals.js';
import { openVerdict } from '../stored/sealed-user.js';
import { Keyring } from '../stored/keyring.js';
import { type UserDetails } from '../decisions/user.js';
import { registryFold } from './registry.fold.js';
import { encodeRecord } from '../stored/registry.record.js';
import { type OutcomeRow, verdictOf } from './outcome.rows.js';
import { type Verdict } from '../decisions/registry.state.js';

const user = (username: string): UserDetails => ({
  ...{ username, email: `${username}@example.com`, firstName: '', lastName: '' },
  ...{ isActive: true, profile: {} },
});
const register = (username: string): AskedCommand => ({ type: 'RegisterUser', user: user(username) });
const member: AskedCommand = {
  type: 'AssignRole',
  target: { type: 'group', id: 1 },
  holder: { type: 'user', id: 1 },
  role: 'member',
};
const viewer: AskedCommand = {
  type: 'AssignRole',
  target: { type: 'workspace', id: 1 },
  holder: { type: 'group', id: 1 },
  role: 'viewer',
};

describe('what a batch of the log leaves to the next', () => {
  let views: Views;
  let keyring: Keyring;
  let offset: number;

  beforeEach(async () => {
    offset = 0;
    views = await openViews((namespace, postgres) => {
      keyring = new Keyring(postgres, namespace, []);
      return registryFold(namespace, keyring);
    });
    await keyring.prepare(false);
  });
  afterEach(() => views.close());

  async function record(environment: string, asked: AskedCommand, key?: string): Promise<LogRecord & { id: string }> {
    const idempotency = key === undefined ? undefined : { key, bodyHash: JSON.stringify(asked) };
    const sealed = await sealedRecord(keyring, environment, { id: randomUUID(), asked, idempotency });
    const value = Buffer.from(encodeRecord(sealed));
    return { partition: 0, offset: offset++, key: environment, value, time: 1_000, id: sealed.id };
  }

  /** A batch of its own for each; the verdict on the last. */
  async function judge(environment: string, commands: readonly AskedCommand[], key?: string): Promise<Verdict> {
    let last = '';
    for (const asked of commands) {
      const one = await record(environment, asked, key);
      await views.apply([one]);
      last = one.id;
    }
    const { rows } = await views.postgres.query<OutcomeRow>('SELECT * FROM outcomes WHERE command_id = $1', [last]);
    return openVerdict(keyring, environment, verdictOf(rows[0]!));
  }
  const keyOf = async (environment: string) => {
    const { rows } = await views.postgres.query<{ key: string }>(
      'SELECT key FROM users WHERE environment = $1 AND id = 1',
      [environment],
    );
    return rows[0]!.key;
  };

  it.each([
    ['one', 'two'],
    ['two', 'one'],
  ])('is each environment’s own, for %s beside %s', async (environment, other) => {
    await judge(other, [register('theirs'), { type: 'CreateGroup', name: 'Theirs' }]);
    await judge(other, [{ type: 'CreateWorkspace', name: 'Theirs' }], 'key');
    await judge(environment, [register('ours')]);
    const key = await keyOf(environment);
    expect(
      await judge(environment, [{ type: 'ChangeUser', userId: 1, key, changes: { lastName: 'x' } }]),
    ).toMatchObject({
      accepted: { id: 1, version: 2, user: { username: 'ours', lastName: 'x' } },
    });
    for (const type of ['DeleteGroup', 'DeleteWorkspace'] as const) {
      expect(await judge(environment, [{ type, id: 1 }])).toMatchObject({ rejected: 'not-found' });
    }
    const under = await judge(environment, [{ type: 'CreateWorkspace', name: 'Ours' }], 'key');
    expect(under).toMatchObject({ accepted: { type: 'workspace', id: 1, did: 'create' } });
    expect(await judge(environment, [{ type: 'RenameWorkspace', id: 1, name: 'x' }])).toMatchObject({
      accepted: { version: 2 },
    });
  });

  it.each<[string, AskedCommand, object[]]>([
    ['user', { type: 'DeleteUser', userId: 1 }, [{ target_type: 'workspace', holder_type: 'group' }]],
    ['group', { type: 'DeleteGroup', id: 1 }, []],
    ['workspace', { type: 'DeleteWorkspace', id: 1 }, [{ target_type: 'group', holder_type: 'user' }]],
  ])('holds no role of a %s that was deleted', async (_, deletion, left) => {
    const both: AskedCommand[] = [
      register('jane'),
      { type: 'CreateGroup', name: 'x' },
      { type: 'CreateWorkspace', name: 'x' },
      member,
      viewer,
    ];
    await judge('one', both);
    await judge('two', both);
    await judge('one', [deletion]);
    const { roles } = (await views.rows('roles')) as { roles: { environment: string }[] };
    expect(roles.filter(({ environment }) => environment === 'one')).toEqual(
      left.map((role) => expect.objectContaining(role)),
    );
    expect(roles.filter(({ environment }) => environment === 'two')).toHaveLength(2);
  });

  it('holds no role that was given and went with its group in one batch', async () => {
    await judge('one', [register('jane'), { type: 'CreateGroup', name: 'x' }]);
    await views.apply([await record('one', member), await record('one', { type: 'DeleteGroup', id: 1 })]);
    expect(await views.rows('roles')).toEqual({ roles: [] });
  });

  it('holds what was withdrawn no longer', async () => {
    const withdrawn: AskedCommand = { type: 'WithdrawRole', target: member.target, holder: member.holder };
    await judge('one', [register('jane'), { type: 'CreateGroup', name: 'x' }, member]);
    expect(await judge('one', [withdrawn, withdrawn])).toMatchObject({ accepted: { type: 'role' } });
    expect(await views.rows('roles')).toEqual({ roles: [] });
  });

  it('gives a name to who asks for it first after it has become free, whoever had it', async () => {
    await judge('one', [register('jane'), register('kim')]);
    expect(await judge('one', [register('jane')])).toMatchObject({ rejected: 'username-taken' });
    await judge('one', [{ type: 'DeleteUser', userId: 1 }]);
    expect(await judge('one', [register('jane')])).toMatchObject({ accepted: { id: 3 } });
    expect(await judge('two', [register('jane')])).toMatchObject({ accepted: { id: 1 } });
  });

  it.each(['Workspace', 'Group'] as const)(
    'answers what became of a %s in the same text, whatever the batches',
    async (kind) => {
      const asked: AskedCommand[] = [
        { type: `Create${kind}`, name: 'x' },
        { type: `Rename${kind}`, id: 1, name: 'y' },
      ];
      await judge('one', asked);
      await views.apply([await record('two', asked[0]!), await record('two', asked[1]!)]);
      const { rows } = await views.postgres.query<{ verdicts: string[] }>(
        'SELECT array_agg(verdict::text ORDER BY verdict::text) AS verdicts FROM outcomes GROUP BY environment',
      );
      expect(rows[0]).toEqual(rows[1]);
    },
  );

  it('knows a record that is no command by its place, and one under a key that is no environment too', async () => {
    const good = await record('one', register('jane'));
    const stray = { ...good, key: 'no/environment', offset: offset++ };
    await views.apply([{ ...good, value: Buffer.from('no JSON'), offset: offset++ }, stray]);
    expect(await views.rows('registry_voids', 'users', 'outcomes')).toEqual({
      registry_voids: [
        { partition: 0, position: 1 },
        { partition: 0, position: 2 },
      ],
      users: [],
      outcomes: [],
    });
  });
});
