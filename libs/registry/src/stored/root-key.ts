import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { seal, unseal } from './seal.js';

/** The secrets of an installation, all derived from one random key of 32 bytes that never changes. */
export class RootKey {
  private readonly root: KeyObject;
  private readonly names: KeyObject;
  private readonly bodies: KeyObject;

  constructor(bytes: Buffer) {
    this.root = createSecretKey(bytes);
    this.names = this.derive('names');
    this.bodies = this.derive('bodies');
  }

  /** What stands for a name wherever names are compared: equal for equal names of an environment, and nothing else. */
  nameHash(environment: string, kind: 'username' | 'email', name: string): string {
    const hash = createHmac('sha256', this.names).update(`${environment}\n${kind}\n${name}`).digest();
    // Half of it: 128 bits, so that equal hashes mean equal names for any number of users.
    return hash.subarray(0, 16).toString('base64url');
  }

  /** What stands for a request's body where it is asked whether two are the same. */
  bodyHash(body: string): string {
    return createHmac('sha256', this.bodies).update(body).digest('base64url');
  }

  /** The key of a user, which is gone for good when its salt is. */
  userKey(environment: string, keyId: string, salt: Buffer): KeyObject {
    const hmac = createHmac('sha256', this.root).update(`user\n${environment}\n${keyId}\n`).update(salt);
    return createSecretKey(hmac.digest());
  }

  /** A key for one purpose of another room, in one environment; nothing else derives a key from a text like this. */
  purposeKey(purpose: string, environment: string): KeyObject {
    return this.derive(`for\n${purpose}\n${environment}`);
  }

  private derive(purpose: string): KeyObject {
    return createSecretKey(createHmac('sha256', this.root).update(purpose).digest());
  }
}

const CONTEXT = 'tidemark root key';

export const newRootKey = () => randomBytes(32);

export function wrapRootKey(rootKey: Buffer, masterKey: string): Buffer {
  return seal(keyOf(masterKey), rootKey, CONTEXT);
}

/** The root key, where this is the master key that it was wrapped with. */
export function unwrapRootKey(wrapped: Buffer, masterKey: string): Buffer | undefined {
  return unseal(keyOf(masterKey), wrapped, CONTEXT);
}

// A master key is 32 random bytes or more in some text form, not a password: a hash spreads it over a cipher's key.
const keyOf = (masterKey: string) => createSecretKey(createHash('sha256').update(masterKey).digest());
