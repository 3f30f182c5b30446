import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openViews, type Views } from '../../../../test/support/views.js';
import { sealedRecord } from '../../test/sealed-log.js';
import { registryFold } from '../fold/registry.fold.js';
import { encodeRecord } from '../stored/registry.record.js';
import { type AskedCommand } from '../stored/command-seals.js';
import { Keyring } from '../stored/keyring.js';
import { type UserDetails } from '../decisions/user.js';
import { Directory } from './directory.js';

const user = (username: string): UserDetails => ({
  ...{ username, email: `${username}@example.com`, firstName: 'Jane', lastName: '' },
  ...{ isActive: false, profile: { a: [1] } },
});
const register = (username: string): AskedCommand => ({ type: 'RegisterUser', user: user(username) });

describe('whom a request may name', () => {
  let views: Views;
  let keyring: Keyring;
  let directory: Directory;
  let offset = 0;

  async function apply(environment: string, asked: AskedCommand): Promise<void> {
    const record = await sealedRecord(keyring, environment, { id: randomUUID(), asked });
    const value = Buffer.from(encodeRecord(record));
    await views.apply([{ partition: 0, offset: offset++, key: environment, value, time: 1_000 }]);
  }
  const rowOf = async (environment: string, id: number) => {
    const { rows } = await views.postgres.query<{ object_id: string }>(
      'SELECT object_id FROM users WHERE environment = $1 AND id = $2',
      [environment, id],
    );
    return rows[0]!;
  };

  beforeAll(async () => {
    views = await openViews((namespace, postgres) => {
      keyring = new Keyring(postgres, namespace, []);
      return registryFold(namespace, keyring);
    });
    await keyring.prepare(false);
    directory = new Directory(views.postgres, keyring);
    for (const username of ['ann', 'bob']) await apply('one', register(username));
    await apply('one', { type: 'CreateWorkspace', name: 'Tide' });
    await apply('two', register('ann'));
  });
  afterAll(() => views.close());

  it('is who is in the same environment, by integer id, object id and username', async () => {
    const bob = { objectId: (await rowOf('one', 2)).object_id };
    const references = [{ userId: 2 }, bob, { username: ' ANN ' }, { username: 'bob' }, { userId: 3 }];
    expect(await directory.userIds('one', references)).toEqual([2, 2, 1, 2, undefined]);
    expect(await directory.userIds('two', references)).toEqual([undefined, undefined, 1, undefined, undefined]);
    expect(await directory.userIds('three', references)).toEqual(references.map(() => undefined));
  });

  it('and where is the same', async () => {
    expect(await directory.workspaceIds('one', [1, 1, 2])).toEqual(new Set([1]));
    expect(await directory.workspaceIds('two', [1])).toEqual(new Set());
  });

  it('exists for whoever asks of that environment', async () => {
    const asked = ([environment, id]: [string, number]) => directory.hasUser(environment, id);
    const users: [string, number][] = [
      ['two', 2],
      ['one', 2],
      ['two', 1],
      ['three', 1],
    ];
    expect(await Promise.all(users.map(asked))).toEqual([false, true, true, false]);
  });
});
