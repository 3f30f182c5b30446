import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres } from '#platform';
import { freshNamespace } from '../../../../test/support/namespaces.js';
import { dropKeys } from '../../../../test/support/views.js';
import { sealedRecord } from '../../test/sealed-log.js';
import { digestsOf } from '../decisions/digests.js';
import { type AskedCommand } from './command-seals.js';
import { Keyring } from './keyring.js';
import { digester } from './seal.js';

const jane = {
  username: 'jane',
  email: 'jane@example.com',
  firstName: 'Jane',
  lastName: '',
  isActive: true,
  profile: { team: 'tide', born: 1980 },
};

describe('orders on their way into the log', () => {
  let namespace: Namespace;
  let postgres: Postgres;
  let keyring: Keyring;
  beforeAll(async () => {
    namespace = new Namespace(freshNamespace());
    postgres = new Postgres(process.env.DATABASE_URL ?? '', namespace);
    keyring = new Keyring(postgres, namespace, []);
    await keyring.prepare(false);
  });
  afterAll(async () => {
    await dropKeys(postgres, namespace);
    await postgres.close();
  });

  const sealed = async (asked: AskedCommand, id = randomUUID()) => {
    const { command } = await sealedRecord(keyring, 'demo', { id, asked });
    return command as { key: string; digests?: object; base?: object };
  };
  const change = (key: string): AskedCommand => ({
    type: 'ChangeUser',
    userId: 1,
    key,
    changes: { profile: { born: null } },
  });

  it('get a key of their own where they name none, and no digests where they register', async () => {
    const id = randomUUID();
    const command = await sealed({ type: 'RegisterUser', user: jane }, id);
    expect(command).toMatchObject({ key: id, isActive: true });
    expect(command).not.toHaveProperty('digests');
    expect(await keyring.findKey({ environment: 'demo', key: id })).toBeDefined();
  });

  it('carry digests under their user’s key, and those of what the door saw', async () => {
    const { key } = await sealed({ type: 'RegisterUser', user: jane });
    const hash = digester((await keyring.findKey({ environment: 'demo', key }))!);
    const replaced = await sealed({ type: 'ReplaceUser', userId: 1, key, user: jane });
    expect(replaced.digests).toEqual(digestsOf(jane, hash));
    const changed = await sealed({ ...change(key), base: { version: 3, user: jane } } as AskedCommand);
    expect(changed.digests).toEqual(digestsOf({ profile: { born: null } }, hash));
    expect(changed.base).toEqual({ version: 3, digests: digestsOf(jane, hash) });
    expect(JSON.stringify([replaced, changed])).not.toMatch(/jane|tide|team|born|1980/i);
  });

  it('of two users tell nothing of what is equal in them', async () => {
    const hashesOf = async () => {
      const { key } = await sealed({ type: 'RegisterUser', user: jane });
      const { digests } = await sealed({ type: 'ReplaceUser', userId: 1, key, user: jane });
      return JSON.stringify(digests).match(/[\w-]{12}/g)!;
    };
    const [one, other] = [await hashesOf(), await hashesOf()];
    expect(one).toHaveLength(8);
    expect(one.filter((hash) => other.includes(hash))).toEqual([]);
  });

  it('for a user whose key was erased find nobody', async () => {
    const { key } = await sealed({ type: 'RegisterUser', user: jane });
    await postgres.query(`DELETE FROM ${namespace.schema('keys')}.user_salts WHERE key = $1`, [key]);
    await expect(sealed(change(key))).rejects.toMatchObject({ code: 'not-found' });
  });
});
