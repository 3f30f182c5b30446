import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type KeySource } from './keyring.js';
import { KnownKeys } from './known-keys.js';

const newKey = () => createSecretKey(randomBytes(32));
const named = (key: string, environment = 'demo') => ({ environment, key });

describe('the keys that a request knows', () => {
  it('are found though nobody else finds them any more: told of or made, each in its environment', async () => {
    const made = newKey();
    const forgetful: KeySource = {
      rootKey: () => Promise.reject(new Error('not here')),
      makeKey: () => Promise.resolve(made),
      findKey: () => Promise.resolve(undefined),
    };
    const keys = new KnownKeys(forgetful);
    const told = keys.know(named('told'), newKey());
    expect(await keys.makeKey(named('made'))).toBe(made);
    expect(await keys.findKey(named('made'))).toBe(made);
    expect(await keys.findKey(named('told'))).toBe(told);
    expect(await keys.findKey(named('told', 'other'))).toBeUndefined();
  });
});
