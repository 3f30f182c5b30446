import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres, prepared as preparedOn } from '#platform';
import { freshNamespace } from '../../../../test/support/namespaces.js';
import { dropKeys } from '../../../../test/support/views.js';
import { type UserKeyId as Name } from '../decisions/registry.state.js';
import { Keyring, textOfKeyId } from './keyring.js';

const first = 'the first master key, 32 bytes or more';
const second = 'the second master key, 32 bytes or more';

describe('the keyring', () => {
  let namespace: Namespace;
  let postgres: Postgres;
  beforeEach(() => {
    namespace = new Namespace(freshNamespace());
    postgres = new Postgres(process.env.DATABASE_URL ?? '', namespace);
  });
  afterEach(async () => {
    await dropKeys(postgres, namespace);
    await postgres.close();
  });
  const keyring = (...masterKeys: string[]) => new Keyring(postgres, namespace, masterKeys);
  const prepared = async (...masterKeys: string[]) => {
    const ring = keyring(...masterKeys);
    await ring.prepare(false);
    return ring;
  };
  const erase = (ring: Keyring, ...names: Name[]) =>
    postgres.transaction(async (tx) => ring.eraseKeys(preparedOn(tx), names));
  const nameHash = async (ring: Keyring) => (await ring.rootKey()).nameHash('demo', 'username', 'jane');

  it('is the same for every process, however many prepare it at once', async () => {
    const rings = await Promise.all(Array.from({ length: 5 }, () => prepared(first)));
    expect(new Set(await Promise.all(rings.map(nameHash))).size).toBe(1);
    const key = randomUUID();
    const made = await rings[0]!.makeKey({ environment: 'demo', key });
    expect((await rings[1]!.findKey({ environment: 'demo', key }))?.equals(made)).toBe(true);
  });

  it('finds no key in another environment, and none that was erased', async () => {
    const ring = await prepared(first);
    const key = randomUUID();
    await ring.makeKey({ environment: 'demo', key });
    expect(await ring.findKey({ environment: 'other', key })).toBeUndefined();
    await erase(ring, { environment: 'demo', key });
    expect(await ring.findKey({ environment: 'demo', key })).toBeUndefined();
    await expect(ring.makeKey({ environment: 'demo', key })).rejects.toThrow();
  });

  it('tells a key that was erased, though it was lost before, from one that was lost', async () => {
    const ring = await prepared(first);
    const [erased, lost] = [randomUUID(), randomUUID()].map((key) => ({ environment: 'demo', key })) as [Name, Name];
    for (let time = 0; time < 2; time += 1) await erase(ring, erased, erased);
    expect(await ring.findKeys([erased, lost])).toEqual(new Map([[textOfKeyId(erased), 'erased']]));
  });

  it('seals texts alike in every process, each purpose and environment apart from the others', async () => {
    const [one, other] = [await prepared(first), keyring(first)];
    const content = Buffer.from('somewhere');
    const text = (await one.textSeal('places', 'demo')).seal(content);
    expect((await other.textSeal('places', 'demo')).open(text)).toEqual(content);
    expect((await other.textSeal('places', 'other')).open(text)).toBeUndefined();
    expect((await other.textSeal('places')).open(text)).toBeUndefined();
    expect((await other.textSeal('tickets', 'demo')).open(text)).toBeUndefined();
  });

  it('makes the seal of a purpose in an environment once', async () => {
    const keys = await prepared(first);
    const seal = await keys.textSeal('places', 'demo');
    expect(await keys.textSeal('places', 'demo')).toBe(seal);
    for (const other of [
      keys.textSeal('places', 'other'),
      keys.textSeal('tickets', 'demo'),
      keys.textSeal('places', 'demo', 16),
    ])
      expect(await other).not.toBe(seal);
  });

  it('cannot be read from the database alone', async () => {
    await prepared(first);
    const { rows } = await postgres.query<{ content: Buffer; wrapped: boolean }>(
      `SELECT * FROM ${namespace.schema('keys')}.root_key`,
    );
    expect(rows).toEqual([{ content: expect.any(Buffer), wrapped: true }]);
    await expect(keyring(second).rootKey()).rejects.toThrow(/TIDEMARK_MASTER_KEY does not open the keys/);
    await expect(keyring().rootKey()).rejects.toThrow(/set TIDEMARK_MASTER_KEY to it/);
    await expect(keyring(second).prepare(false)).rejects.toThrow(/does not open/);
  });

  it('opens with the former master key until the next start, and with the new one from then on', async () => {
    const before = await nameHash(await prepared(first));
    expect(await nameHash(await prepared(second, first))).toBe(before);
    expect(await nameHash(keyring(second))).toBe(before);
    await expect(keyring(first).rootKey()).rejects.toThrow(/does not open/);
  });

  it('lies open without a master key, and is wrapped as soon as there is one', async () => {
    const open = await prepared();
    const before = await nameHash(open);
    expect(await open.liesOpen()).toBe(true);
    expect(await nameHash(await prepared(first))).toBe(before);
    expect(await open.liesOpen()).toBe(false);
  });

  it('is not made anew for a log that has records', async () => {
    const ring = keyring(first);
    await expect(ring.prepare(true)).rejects.toThrow(/restore the schema .*_keys from a backup/);
    await expect(ring.rootKey()).rejects.toThrow(/there are no keys/);
    await ring.prepare(false);
    await ring.prepare(true);
    await postgres.query(`DROP TABLE ${namespace.schema('keys')}.user_salts`);
    await expect(ring.prepare(true)).rejects.toThrow(/restore the schema/);
    await expect(nameHash(ring)).resolves.toMatch(/^[\w-]{22}$/);
  });
});
