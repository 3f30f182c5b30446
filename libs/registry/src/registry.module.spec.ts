import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres } from '#platform';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { dropKeys } from '../../../test/support/views.js';
import { RegistryModule } from './registry.module.js';
import { Keyring } from './stored/keyring.js';

describe('an interface', () => {
  let namespace: Namespace;
  let postgres: Postgres;
  beforeAll(() => {
    namespace = new Namespace(freshNamespace());
    postgres = new Postgres(process.env.DATABASE_URL ?? '', namespace);
  });
  afterAll(async () => {
    await dropKeys(postgres, namespace);
    await postgres.close();
  });
  const start = (masterKey: string) => new RegistryModule(new Keyring(postgres, namespace, [masterKey])).onModuleInit();

  it('starts where a projector has still to make the keys, and not with another master key than theirs', async () => {
    const right = 'the master key that it is, 32 bytes or more';
    await expect(start(right)).resolves.toBeUndefined();
    await new Keyring(postgres, namespace, [right]).prepare(false);
    await expect(start(right)).resolves.toBeUndefined();
    await expect(start('another master key, also of 32 bytes or more')).rejects.toThrow(/does not open/);
  });
});
