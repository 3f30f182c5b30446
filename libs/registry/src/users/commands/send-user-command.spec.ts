import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openViews, type Views } from '../../../../../test/support/views.js';
import { sealedRecord } from '../../../test/sealed-log.js';
import { type CommandLog } from '../../commands/command-log.js';
import { type UserDetails } from '../../decisions/user.js';
import { registryFold } from '../../fold/registry.fold.js';
import { type AskedCommand } from '../../stored/command-seals.js';
import { Keyring } from '../../stored/keyring.js';
import { encodeRecord } from '../../stored/registry.record.js';
import { type AskedOfUser, SendUserCommand, SendUserCommandHandler } from './send-user-command.js';

const user = (username: string): UserDetails => ({
  ...{ username, email: `${username}@example.com`, firstName: 'Jane', lastName: '' },
  ...{ isActive: false, profile: { a: [1] } },
});
const changes = { firstName: 'J' };
const NOT_FOUND = { code: 'not-found' };

describe('a command about a user', () => {
  let views: Views;
  let keyring: Keyring;
  let handler: SendUserCommandHandler;
  let offset = 0;

  async function apply(asked: AskedCommand): Promise<void> {
    const value = Buffer.from(encodeRecord(await sealedRecord(keyring, 'one', { id: randomUUID(), asked })));
    await views.apply([{ partition: 0, offset: offset++, key: 'one', value, time: 1_000 }]);
  }
  /** What is sent to the log. */
  const sent = async (environment: string, asked: AskedOfUser, idempotencyKey?: string) =>
    (await handler.execute(new SendUserCommand({ environment, subject: 'tester', idempotencyKey }, asked))).answer;

  beforeAll(async () => {
    views = await openViews((namespace, postgres) => {
      keyring = new Keyring(postgres, namespace, []);
      return registryFold(namespace, keyring);
    });
    await keyring.prepare(false);
    await views.postgres.query(
      'CREATE TABLE activity_totals (environment text, user_id bigint, last_active_at bigint)',
    );
    const log: Pick<CommandLog, 'submit'> = { submit: (_, asked) => Promise.resolve(asked as never) };
    handler = new SendUserCommandHandler(log as CommandLog, views.postgres, keyring);
    for (const username of ['ann', 'bob']) await apply({ type: 'RegisterUser', user: user(username) });
    await apply({ type: 'DeleteUser', userId: 1 });
  });
  afterAll(() => views.close());

  it('is refused before there is a record of it where there is no such user, but for what may be a repeat', async () => {
    const deletion = { type: 'DeleteUser', userId: 2 } as const;
    await expect(sent('two', deletion)).rejects.toMatchObject(NOT_FOUND);
    await expect(sent('two', { type: 'ChangeUser', userId: 2, changes })).rejects.toMatchObject(NOT_FOUND);
    expect(await sent('two', deletion, 'k')).toEqual(deletion);
    expect(await sent('one', deletion)).toEqual(deletion);
  });

  it('erases who was deleted, and nobody who never was', async () => {
    const erasure = { type: 'EraseUser', userId: 1 } as const;
    expect(await sent('one', erasure)).toEqual(erasure);
    await expect(sent('one', { ...erasure, userId: 3 })).rejects.toMatchObject(NOT_FOUND);
    await expect(sent('two', erasure, 'k')).rejects.toMatchObject(NOT_FOUND);
  });

  it('is answered with when the user was last active as it was sent', async () => {
    const command = new SendUserCommand(
      { environment: 'one', subject: 'tester' },
      { type: 'ChangeUser', userId: 2, changes },
    );
    expect((await handler.execute(command)).user?.lastActiveAt).toBeUndefined();
    await views.postgres.query(`INSERT INTO activity_totals VALUES ('one', 2, 7), ('one', 2, 5), ('one', 1, 9)`);
    expect((await handler.execute(command)).user?.lastActiveAt).toBe(7);
  });

  it('goes with the key of the user, and with the user as it is where the log has no digests of it', async () => {
    const { rows } = await views.postgres.query<{ key: string }>('SELECT key FROM users WHERE id = 2');
    const { key } = rows[0]!;
    const change = { type: 'ChangeUser', userId: 2, ifVersions: [1], changes } as const;
    expect(await sent('one', change)).toEqual({ ...change, key, base: { version: 1, user: user('bob') } });
    await apply({ type: 'ReplaceUser', userId: 2, key, user: user('bob') });
    expect(await sent('one', change)).toEqual({ ...change, key });
  });
});
