import { afterEach, describe, expect, it } from '@jest/globals';
import { type OpenIdProvider, startOpenIdProvider } from '../test/open-id-provider.js';
import { tokenVerifier } from './tokens.js';

let provider: OpenIdProvider;
afterEach(() => provider.close());

const strict = () => ({ jwksUrl: provider.jwksUrl, issuer: provider.issuer, audience: 'urn:tidemark' });

describe.each(['RS256', 'ES256'] as const)('the tokens of an OpenID provider that signs with %s', (algorithm) => {
  it('open what their claims say', async () => {
    provider = await startOpenIdProvider(algorithm);
    const claims = { 'https://example.com/environments': ['demo'], permissions: ['viewer', 'statistics:read'] };
    const verify = tokenVerifier({
      ...strict(),
      algorithms: [algorithm],
      claims: {
        environmentsClaim: 'https://example.com/environments',
        scopesClaim: 'permissions',
        scopesMap: new Map([['viewer', ['users:read']]]),
      },
    });
    const { subject, environments, scopes } = await verify(await provider.token(claims));
    expect({ subject, environments, scopes: [...scopes] }).toEqual({
      subject: 'sender',
      environments: ['demo'],
      scopes: ['users:read', 'statistics:read'],
    });
  });

  it('are taken at once when another key signs them', async () => {
    provider = await startOpenIdProvider(algorithm);
    const verify = tokenVerifier({ ...strict(), claims: { environments: ['demo'] } });
    const before = await provider.token({});
    await expect(verify(before)).resolves.toMatchObject({ environments: ['demo'] });
    await provider.rotate(algorithm === 'RS256' ? 'ES256' : 'RS256');
    const after = await provider.token({});
    // Within a second of the last look the issuer is not asked again, so that strangers cannot make us ask.
    for (const deadline = Date.now() + 10_000; ;) {
      const taken = await verify(after).catch((error: { code: string }) => error.code);
      if (taken !== 'unauthorized' && taken !== 'unavailable') break;
      if (Date.now() > deadline) throw new Error(`not taken: ${taken}`);
    }
    await expect(verify(before)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('are refused for another audience, another issuer and an algorithm that is not taken', async () => {
    provider = await startOpenIdProvider(algorithm);
    const token = await provider.token({ environments: ['demo'] });
    const refused = { code: 'unauthorized' };
    await expect(tokenVerifier({ ...strict(), audience: 'other' })(token)).rejects.toMatchObject(refused);
    await expect(tokenVerifier({ ...strict(), issuer: 'https://x' })(token)).rejects.toMatchObject(refused);
    await expect(tokenVerifier({ ...strict(), algorithms: ['EdDSA'] })(token)).rejects.toMatchObject(refused);
  });
});
