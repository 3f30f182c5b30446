import { describe, expect, it } from '@jest/globals';
import { type ClaimsConfig, rightsOf } from './claims.js';

const rights = (claims: Record<string, unknown>, settings: ClaimsConfig = {}) => {
  const found = rightsOf(claims, settings);
  return typeof found === 'string' ? found : { environments: [...found.environments], scopes: [...found.scopes] };
};
const demo = { environments: ['demo'], scopes: ['users:read', 'activities:write'] };

describe('the rights of a token', () => {
  it.each([
    ['a text with spaces', { scope: 'users:read activities:write' }],
    ['an array in scope', { scope: ['users:read', 'activities:write'] }],
    ['scp as Entra has it', { scp: 'users:read activities:write' }],
    ['scp as Okta has it', { scp: ['users:read', 'activities:write'] }],
  ])('are read from %s', (_, claims) => {
    expect(rights({ environments: ['demo'], ...claims })).toEqual(demo);
  });

  it('are none where the token names no scope', () => {
    expect(rights({ environments: ['demo'] })).toEqual({ environments: ['demo'], scopes: [] });
  });

  const tidemark = new Map([
    ['viewer', ['users:read']],
    ['sender', ['activities:write']],
  ]);
  const issuers: [string, Record<string, unknown>, ClaimsConfig][] = [
    [
      "Keycloak's realm roles and a mapper with several values",
      { realm_access: { roles: ['viewer', 'sender'] }, tidemark_environments: 'demo' },
      { environmentsClaim: 'tidemark_environments', scopesClaim: '/realm_access/roles', scopesMap: tidemark },
    ],
    [
      "Keycloak's client roles",
      { resource_access: { 'my/client': { roles: ['users:read', 'activities:write'] } }, environments: ['demo'] },
      { scopesClaim: '/resource_access/my~1client/roles' },
    ],
    [
      "Auth0's permissions and a namespaced claim",
      {
        permissions: ['users:read', 'activities:write'],
        'https://example.com/environments': ['demo'],
        scope: 'openid',
      },
      { environmentsClaim: 'https://example.com/environments', scopesClaim: 'permissions' },
    ],
    [
      "Entra's roles, of an application of its own",
      { roles: ['viewer', 'sender'], scp: 'User.Read' },
      { scopesClaim: 'roles', scopesMap: tidemark, environments: ['demo'] },
    ],
  ];
  it.each(issuers)('are those of %s', (_, claims, settings) => {
    expect(rights(claims, settings)).toEqual(demo);
  });

  it('take a name of the issuer for all that it stands for', () => {
    const scopesMap = new Map([['editor', ['users:read', 'users:write']]]);
    const claims = { environments: ['demo'], scope: 'editor statistics:read' };
    expect(rights(claims, { scopesMap })).toMatchObject({ scopes: ['users:read', 'users:write', 'statistics:read'] });
  });

  it('are in the environments of the settings only where the token names none', () => {
    expect(rights({ environments: ['own'] }, { environments: ['demo'] })).toMatchObject({ environments: ['own'] });
    expect(rights({}, { environments: ['demo'] })).toMatchObject({ environments: ['demo'] });
  });

  it.each([
    ['environments', {}, {}],
    ['environments', { environments: ['no such/id'] }, {}],
    ['environments', { environments: 'demo' }, {}],
    ['environments', { environments: { demo: true } }, { environments: ['demo'] }],
    ['scope', { environments: ['demo'], scope: 7 }, {}],
    ['scp', { environments: ['demo'], scp: [7] }, {}],
    ['/a/b', { environments: ['demo'], a: { b: {} } }, { scopesClaim: '/a/b' }],
  ])('are refused by the name of the claim: %s', (name, claims, settings) => {
    expect(rights(claims, settings)).toBe(name);
  });

  it('are never found in what every object inherits', () => {
    expect(rights({ environments: ['demo'] }, { scopesClaim: '/constructor/name' })).toMatchObject({ scopes: [] });
  });
});
