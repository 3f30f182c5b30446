import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type KeyServer, type SigningKey, signingKey, startKeyServer } from '../test/key-server.js';
import { tokenVerifier, type VerifyToken } from './tokens.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const refused = { code: 'unauthorized' };
const unsaid = { code: 'unavailable', status: 503, more: { headers: { 'retry-after': '5' } } };

describe('keys behind a JWKS address', () => {
  let one: SigningKey;
  let two: SigningKey;
  let server: KeyServer;
  let verify: VerifyToken;
  let passed: number;

  beforeEach(async () => {
    [one, two] = await Promise.all([signingKey('one'), signingKey('two')]);
    server = await startKeyServer(one);
    verify = tokenVerifier({ jwksUrl: server.url });
    passed = 0;
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + passed);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  const taken = async (key: SigningKey) =>
    expect(await verify(await key.sign())).toMatchObject({ subject: 'jane', environments: ['demo'] });
  /** Tokens of so many keys that nobody knows, at once. */
  const strangers = async (count: number, answer: object) => {
    const tokens = Array.from({ length: count }, (_, index) => one.sign({}, { kid: `stranger ${index}` }));
    const verdicts = await Promise.allSettled((await Promise.all(tokens)).map((token) => verify(token)));
    for (const verdict of verdicts) expect(verdict).toMatchObject({ status: 'rejected', reason: answer });
  };

  it('are read once for all tokens', async () => {
    await Promise.all([taken(one), taken(one), taken(one)]);
    await taken(one);
    expect(server.asked()).toBe(1);
  });

  it('may be replaced without a restart: the new one is taken at its first token, the old one no longer', async () => {
    await taken(one);
    server.publish(two);
    passed += 2 * SECOND;
    await taken(two);
    await expect(verify(await one.sign())).rejects.toMatchObject(refused);
    expect(server.asked()).toBe(3);
  });

  it('that were withdrawn are good for ten minutes at most', async () => {
    await taken(one);
    server.publish(two);
    passed += 9 * MINUTE;
    await taken(one);
    passed += MINUTE;
    await expect(verify(await one.sign())).rejects.toMatchObject(refused);
  });

  it('are read once a second, however many tokens name keys that are not among them', async () => {
    await taken(one);
    // Each of these waits for the next look, which is one for all.
    for (const asked of [2, 3]) {
      await Promise.all([strangers(50, refused), strangers(50, refused)]);
      expect(server.asked()).toBe(asked);
    }
  });

  it('are good with their first token, also a moment after the others were read', async () => {
    await taken(one);
    server.publish(two);
    await taken(two);
    expect(server.asked()).toBe(2);
  });

  it.each([
    ['cuts connections', undefined],
    ['answers an error', { status: 500, body: '{"keys":[]}' }],
    ['answers no JSON', { status: 200, body: '<html>' }],
    ['answers no keys', { status: 200, body: '{}' }],
  ])('that are known stay good while the address %s, for hours; of others it is not said', async (_, answer) => {
    await taken(one);
    server.fail(answer);
    for (const time of [MINUTE, MINUTE, 10 * MINUTE, 5 * 60 * MINUTE]) {
      passed += time;
      await taken(one);
      await strangers(1, unsaid);
    }
  });

  it('are asked for once a second while the address does not answer, and read as soon as it does', async () => {
    server.fail();
    await strangers(20, unsaid);
    await strangers(20, unsaid);
    expect(server.asked()).toBe(1);
    server.publish(one);
    await strangers(1, unsaid);
    passed += SECOND;
    await taken(one);
    expect(server.asked()).toBe(2);
  });
});
