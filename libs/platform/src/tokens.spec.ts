import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { signToken, tokenVerifier } from './tokens.js';

const secret = 'a shared secret of 32 bytes or more';
const claims = { subject: 'jane', environments: ['demo'], scope: 'users:read admin', ttl: 60 };
const encoded = new TextEncoder().encode(secret);

describe('a token under a shared secret', () => {
  const verify = tokenVerifier({ secret });

  it('says who calls, for which environments, with which scopes and until when', async () => {
    const principal = await verify(await signToken(secret, claims));
    expect(principal).toMatchObject({ subject: 'jane', environments: ['demo'] });
    expect([...principal.scopes]).toEqual(['users:read', 'admin']);
    expect(principal.expiresAt).toBeGreaterThan(Date.now());
  });

  it.each([
    ['of another secret', () => signToken(`${secret}!`, claims)],
    ['that has expired', () => signToken(secret, { ...claims, ttl: -1 })],
    ['of another algorithm', () => sign((jwt) => jwt.setExpirationTime('1m'), {}, 'HS512')],
    ['without exp', () => sign((jwt) => jwt)],
    ['without sub', () => sign((jwt) => jwt.setExpirationTime('1m'), { sub: undefined })],
    ['with an environment that is none', () => sign((jwt) => jwt.setExpirationTime('1m'), { environments: ['../x'] })],
    ['with environments that are no list', () => sign((jwt) => jwt.setExpirationTime('1m'), { environments: 'demo' })],
    ['that is unsigned', () => Promise.resolve(`${part({ alg: 'none' })}.${part({ ...claims, sub: 'x', exp: 9e9 })}.`)],
    ['that is no token', () => Promise.resolve('x.y.z')],
  ])('is refused %s', async (_, make) => {
    await expect(verify(await make())).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('must name issuer and audience where these are configured', async () => {
    const strict = tokenVerifier({ secret, issuer: 'https://id', audience: 'tidemark' });
    await expect(strict(await signToken(secret, claims))).rejects.toMatchObject({ code: 'unauthorized' });
    const token = await signToken(secret, claims, { issuer: 'https://id', audience: 'tidemark' });
    await expect(strict(token)).resolves.toMatchObject({ subject: 'jane' });
  });
});

describe('a token under the keys of a JWKS address', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  it('is taken when one of the keys has signed it, and refused when the shared family is tried', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const verify = tokenVerifier({ jwksUrl: await serve({ keys: [jwk] }) });
    const payload = { sub: 'jane', environments: ['demo'], scope: '' };
    const header = { alg: 'ES256', kid: 'one' };
    const token = await new SignJWT(payload).setProtectedHeader(header).setExpirationTime('1m').sign(privateKey);
    await expect(verify(token)).resolves.toMatchObject({ subject: 'jane' });
    // The classic confusion: the public key, which everybody knows, used as an HMAC secret.
    const forged = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode(JSON.stringify(jwk)));
    await expect(verify(forged)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is neither taken nor refused while the keys cannot be read', async () => {
    const url = await serve({ keys: [] });
    server?.close();
    await expect(tokenVerifier({ jwksUrl: url })(await signToken(secret, claims))).rejects.toMatchObject({
      code: 'unauthorized',
    });
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({ sub: 'jane' }).setProtectedHeader({ alg: 'ES256', kid: 'x' }).sign(privateKey);
    await expect(tokenVerifier({ jwksUrl: url })(token)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['an error', 500, '{"keys":[]}'],
    ['no JSON', 200, '<html>'],
    ['no keys', 200, '{}'],
  ])('is neither taken nor refused while the address answers %s', async (_, status, answer) => {
    const verify = tokenVerifier({ jwksUrl: await serve(answer, status) });
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({ sub: 'jane' }).setProtectedHeader({ alg: 'ES256', kid: 'x' }).sign(privateKey);
    await expect(verify(token)).rejects.toMatchObject({
      code: 'unavailable',
      more: { headers: { 'retry-after': expect.any(String) } },
    });
  });

  async function serve(keys: object | string, status = 200): Promise<string> {
    const answer = typeof keys === 'string' ? keys : JSON.stringify(keys);
    server = createServer((_, response) => response.writeHead(status).end(answer));
    await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  }
});

function sign(shape: (jwt: SignJWT) => SignJWT, change: object = {}, alg = 'HS256'): Promise<string> {
  const jwt = new SignJWT({ sub: 'jane', environments: ['demo'], scope: '', ...change });
  return shape(jwt.setProtectedHeader({ alg })).sign(encoded);
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
