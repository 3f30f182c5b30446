import { createCipheriv, createDecipheriv, createHmac, hash, type KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key of 32 bytes: nonce, ciphertext and tag, as it can be opened only with the same context. */
export function seal(key: KeyObject, content: Buffer, context: string): Buffer {
  return sealWith(newNonce(), key, content, context);
}

/**
 * The same, but equal for equal contents at one place, as rows of views have to be at every replay: the nonce is a hash of
 * all that is sealed, so that two contents never share one.
 */
export function sealAlike(key: KeyObject, content: Buffer, context: string): Buffer {
  const nonce = createHmac('sha256', key).update(`nonce\n${context}\n`).update(content).digest();
  return sealWith(nonce.subarray(0, NONCE_BYTES), key, content, context);
}

function sealWith(nonce: Buffer, key: KeyObject, content: Buffer, context: string): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

// Random bytes are dear by the call, not by the byte.
let nonces = Buffer.alloc(0);

function newNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCE_BYTES * 256);
  const nonce = nonces.subarray(0, NONCE_BYTES);
  nonces = nonces.subarray(NONCE_BYTES);
  return nonce;
}

/** What was sealed; undefined where key or context are others, or a bit has changed. */
export function unseal(key: KeyObject, sealed: Buffer, context: string): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const opener = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  opener.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([opener.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), opener.final()]);
  } catch {
    return undefined;
  }
}

const DIGEST_CHARACTERS = 12;

/**
 * Hashes under a secret that comes of this key, 72 bits each. Less of a SHA-256 than all of it cannot be carried on, so
 * that the secret may simply stand in front: a third of the time of an HMAC, and a profile has thousands of members.
 */
export function digester(key: KeyObject): (text: string) => string {
  const secret = createHmac('sha256', key).update('digests').digest('base64url');
  return (text) => hash('sha256', secret + text, 'base64url').slice(0, DIGEST_CHARACTERS);
}
