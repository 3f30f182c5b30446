import { createPublicKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type JWK, SignJWT } from 'jose';
import { inAnHour, type KeyServer, type SigningKey, signingKey, startKeyServer } from '../test/key-server.js';
import { signToken, tokenVerifier, type VerifyToken } from './tokens.js';

const secret = 'a shared secret of 32 bytes or more';
const claims = { subject: 'jane', environments: ['demo'], scope: 'users:read admin', ttl: 60 };
const encoded = new TextEncoder().encode(secret);

// All but the clock.
const TIMERS = ['nextTick', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] as const;

describe('a token under a shared secret', () => {
  const verify = tokenVerifier({ secrets: [secret] });

  it('says who calls, for which environments, with which scopes and until when', async () => {
    const principal = await verify(await signToken(secret, claims));
    expect(principal).toMatchObject({ subject: 'jane', environments: ['demo'] });
    expect([...principal.scopes]).toEqual(['users:read', 'admin']);
    expect(principal.expiresAt).toBeGreaterThan(Date.now());
  });

  it('ends at a whole millisecond, though its exp may have any fraction', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const token = await sign((jwt) => jwt, { exp: exp + 0.1239 });
    await expect(verify(token)).resolves.toMatchObject({ expiresAt: exp * 1000 + 123 });
  });

  it.each([
    ['of another secret', () => signToken(`${secret}!`, claims)],
    ['that has expired', () => signToken(secret, { ...claims, ttl: -31 })],
    ['of another algorithm', () => sign((jwt) => jwt.setExpirationTime('1m'), {}, 'HS512')],
    ['without exp', () => sign((jwt) => jwt)],
    ['without sub', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: undefined })],
    ['with an empty sub', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: '' })],
    ['with a sub that is no text', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: 7 })],
    ['with a line break in sub', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: 'jane\n1' })],
    ['with half a character in sub', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: 'jane\ud800' })],
    ['with a sub of 256 characters', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: 'x'.repeat(256) })],
    ['with an environment that is none', () => sign((jwt) => jwt.setExpirationTime('1m'), { environments: ['../x'] })],
    ['with environments that are no list', () => sign((jwt) => jwt.setExpirationTime('1m'), { environments: 'demo' })],
    ['that is unsigned', () => Promise.resolve(`${part({ alg: 'none' })}.${part({ ...claims, sub: 'x', exp: 9e9 })}.`)],
    ['that is not valid yet', () => sign((jwt) => jwt.setExpirationTime('2h').setNotBefore('1h'))],
    ['of an asymmetric algorithm', async () => (await signingKey('x', 'RS256')).sign()],
    ['that brings its own key', async () => selfMade(await signingKey('x'))],
    ['that is no token', () => Promise.resolve('x.y.z')],
  ])('is refused %s', async (_, make) => {
    await expect(verify(await make())).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is good under a former secret too, while that is being changed', async () => {
    const changing = tokenVerifier({ secrets: [`a new ${secret}`, secret] });
    await expect(changing(await signToken(secret, claims))).resolves.toMatchObject({ subject: 'jane' });
    await expect(changing(await signToken(`a new ${secret}`, claims))).resolves.toMatchObject({ subject: 'jane' });
    const refused = { code: 'unauthorized' };
    await expect(changing(await signToken(`${secret}!`, claims))).rejects.toMatchObject(refused);
    await expect(changing(await signToken(secret, { ...claims, ttl: -60 }))).rejects.toMatchObject(refused);
  });

  describe('by clocks that differ', () => {
    // A whole second, as times in tokens are.
    const NOW = 1_800_000_000;
    const at = (second: number) => jest.setSystemTime(second * 1_000);
    const refused = { code: 'unauthorized' };
    beforeEach(() => void jest.useFakeTimers({ now: NOW * 1_000, doNotFake: [...TIMERS] }));
    afterEach(() => void jest.useRealTimers());

    it('is taken until 30 s after it has expired', async () => {
      const token = await signToken(secret, { ...claims, ttl: 60 });
      at(NOW + 89.999);
      await expect(verify(token)).resolves.toMatchObject({ subject: 'jane', expiresAt: (NOW + 60) * 1_000 });
      at(NOW + 90);
      await expect(verify(token)).rejects.toMatchObject(refused);
    });

    it('is taken from 30 s before it is valid', async () => {
      const token = await sign((jwt) => jwt.setExpirationTime('2h').setNotBefore(NOW + 60));
      at(NOW + 29);
      await expect(verify(token)).rejects.toMatchObject(refused);
      at(NOW + 30);
      await expect(verify(token)).resolves.toMatchObject({ subject: 'jane' });
    });
  });

  it('must name issuer and audience where these are configured', async () => {
    const strict = tokenVerifier({ secrets: [secret], issuer: 'https://id', audience: 'tidemark' });
    await expect(strict(await signToken(secret, claims))).rejects.toMatchObject({ code: 'unauthorized' });
    const token = await signToken(secret, claims, { issuer: 'https://id', audience: 'tidemark' });
    await expect(strict(token)).resolves.toMatchObject({ subject: 'jane' });
  });
});

describe('a token under the keys of a JWKS address', () => {
  let keys: Record<'ES256' | 'RS256' | 'PS256' | 'EdDSA', SigningKey>;
  let stranger: SigningKey;
  let server: KeyServer;
  let verify: VerifyToken;

  beforeAll(async () => {
    const [ES256, RS256, PS256, EdDSA] = await Promise.all([
      signingKey('es', 'ES256'),
      signingKey('rs', 'RS256'),
      signingKey('ps', 'PS256'),
      signingKey('ed', 'EdDSA'),
    ]);
    keys = { ES256, RS256, PS256, EdDSA };
    stranger = await signingKey('es', 'ES256');
    const shared: JWK = { kty: 'oct', kid: 'shared', alg: 'HS256', k: Buffer.from(secret).toString('base64url') };
    server = await startKeyServer(...Object.values(keys), { jwk: shared });
    verify = tokenVerifier({ jwksUrl: server.url });
  });
  afterAll(() => server?.close());

  const refused = { code: 'unauthorized', status: 401 };

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'is taken where the %s key of its kid has signed it',
    async (alg) => {
      await expect(verify(await keys[alg].sign())).resolves.toMatchObject({ subject: 'jane', environments: ['demo'] });
    },
  );

  // The classic confusion (RFC 8725, 2.1): the public key, which everybody knows, used as an HMAC secret.
  it.each([
    ['PEM', (key: JWK) => createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })],
    ['DER', (key: JWK) => createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' })],
    ['JWK', (key: JWK) => JSON.stringify(key)],
    ['modulus', (key: JWK) => Buffer.from(key.n!, 'base64url')],
  ])('is refused where the public key as %s was the secret of HS256', async (_, bytesOf) => {
    const forged = signHs256('rs', Buffer.from(bytesOf(keys.RS256.jwk)));
    await expect(verify(await forged)).rejects.toMatchObject(refused);
  });

  it('is refused where it is of a shared secret, even of one that is published there', async () => {
    await expect(verify(await signHs256('shared', encoded))).rejects.toMatchObject(refused);
    await expect(verify(await signToken(secret, claims))).rejects.toMatchObject(refused);
  });

  it.each([
    ['that is unsigned', async () => `${part({ alg: 'none' })}.${part({ sub: 'jane', exp: 9e9, environments: [] })}.`],
    ['of another key under a known kid', () => stranger.sign()],
    ['of a key for another algorithm', () => keys.RS256.sign({}, { kid: 'ps' })],
    ['that brings its own key', () => selfMade(stranger)],
    ['that names an address of keys', () => stranger.sign({}, { kid: 'new', jku: 'http://127.0.0.1:1/keys' })],
    ['whose claims were changed', async () => changed(await keys.ES256.sign())],
    ['that has expired', () => keys.ES256.sign({ exp: inAnHour() - 3631 })],
    ['without exp', () => keys.ES256.sign({ exp: undefined })],
    ['that is not valid yet', () => keys.ES256.sign({ nbf: inAnHour() - 60 })],
  ])('is refused %s', async (_, make) => {
    await expect(verify(await make())).rejects.toMatchObject(refused);
  });

  it.each([
    ['another issuer', { iss: 'https://elsewhere', aud: 'tidemark' }],
    ['no issuer', { aud: 'tidemark' }],
    ['another audience', { iss: 'https://id', aud: ['billing', 'shop'] }],
    ['no audience', { iss: 'https://id' }],
  ])('is refused for %s where these are configured', async (_, named) => {
    const strict = tokenVerifier({ jwksUrl: server.url, issuer: 'https://id', audience: 'tidemark' });
    await expect(strict(await keys.ES256.sign(named))).rejects.toMatchObject(refused);
    const token = await keys.ES256.sign({ iss: 'https://id', aud: ['billing', 'tidemark'] });
    await expect(strict(token)).resolves.toMatchObject({ subject: 'jane' });
  });

  it('costs the address nothing where it is refused for its algorithm', async () => {
    const unasked = await startKeyServer(keys.ES256);
    const token = await signToken(secret, claims);
    await expect(tokenVerifier({ jwksUrl: unasked.url })(token)).rejects.toMatchObject(refused);
    expect(unasked.asked()).toBe(0);
    await unasked.close();
  });
});

function sign(shape: (jwt: SignJWT) => SignJWT, change: object = {}, alg = 'HS256'): Promise<string> {
  const jwt = new SignJWT({ sub: 'jane', environments: ['demo'], scope: '', ...change });
  return shape(jwt.setProtectedHeader({ alg })).sign(encoded);
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

const signHs256 = (kid: string, key: Uint8Array) =>
  new SignJWT({ sub: 'jane', environments: ['demo'], exp: inAnHour() })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(key);

/** Signed well, by a key that it offers itself. */
const selfMade = (key: SigningKey) => key.sign({}, { kid: undefined, jwk: { ...key.jwk, kid: undefined } });

function changed(token: string): string {
  const [header, payload, signature] = token.split('.');
  const claimed = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
  return [header, part({ ...claimed, environments: ['demo', 'other'] }), signature].join('.');
}
