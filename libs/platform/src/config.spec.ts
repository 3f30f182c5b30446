import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const good = {
  KAFKA_BROKERS: 'a:1, b:2',
  DATABASE_URL: 'postgres://u:p@h/db',
  REDIS_URL: 'redis://h:1',
  AUTH_JWT_SECRET: 'a secret of the specs, 32 bytes or more',
};

describe('the settings', () => {
  it('fall to their defaults where the environment is silent or empty', () => {
    expect(readConfig({ ...good, HOST: '' })).toMatchObject({
      kafkaBrokers: ['a:1', 'b:2'],
      host: '127.0.0.1',
      port: 3000,
      requestTimeoutMs: 30_000,
      maxDeadLetters: 10_000,
      streams: { maxOpen: 10_000, maxOpenPerEnvironment: 5_000, maxAge: 3_600 },
      namespace: 'tidemark',
    });
  });

  it('take a master key with former ones behind it, or none', () => {
    const [now, before] = [randomBytes(32).toString('base64'), 'b'.repeat(32)];
    expect(readConfig(good).masterKeys).toEqual([]);
    expect(readConfig({ ...good, TIDEMARK_MASTER_KEY: `${now}, ${before}` }).masterKeys).toEqual([now, before]);
  });

  it('take a list of secrets, and how an issuer says what its tokens open', () => {
    const [now, before] = ['the new secret of the specs is long enough', 'b'.repeat(32)];
    const comma = 'one secret of the specs, with a comma in it';
    expect(readConfig({ ...good, AUTH_JWT_SECRET: comma }).auth.secrets).toEqual([comma]);
    expect(readConfig({ ...good, AUTH_JWT_SECRET: `${now}, ${before}` }).auth.secrets).toEqual([now, before]);
    const issuer = {
      AUTH_JWT_SECRET: '',
      AUTH_JWKS_URL: 'https://id.example/keys',
      AUTH_ALGORITHMS: 'ES256,EdDSA',
      AUTH_ENVIRONMENTS_CLAIM: 'https://example.com/environments',
      AUTH_ENVIRONMENTS: 'demo, test',
      AUTH_SCOPES_CLAIM: '/realm_access/roles',
      AUTH_SCOPES_MAP: 'viewer=users:read activities:read, urn:a=b=admin',
    };
    expect(readConfig({ ...good, ...issuer }).auth).toMatchObject({
      algorithms: ['ES256', 'EdDSA'],
      claims: {
        environmentsClaim: 'https://example.com/environments',
        environments: ['demo', 'test'],
        scopesClaim: '/realm_access/roles',
        scopesMap: new Map([
          ['viewer', ['users:read', 'activities:read']],
          ['urn:a=b', ['admin']],
        ]),
      },
    });
  });

  it('say how the service is called from outside, where they say it', () => {
    const { publicUrl, allowedHosts } = readConfig({
      ...good,
      PUBLIC_URL: 'https://a.example/tide/',
      ALLOWED_HOSTS: 'a.example, [::1]:3000',
    });
    expect({ publicUrl, allowedHosts }).toEqual({
      publicUrl: 'https://a.example/tide',
      allowedHosts: ['a.example', '[::1]:3000'],
    });
    expect(readConfig(good).publicUrl).toBeUndefined();
  });

  it('say whom to believe, whom to let in, and where an instance is watched', () => {
    const said = { TRUST_PROXY: 'loopback, 10.0.0.0/8', OPERATIONS_PORT: '9464' };
    const origins = 'https://App.Example:443, http://localhost:5173/, capacitor://localhost';
    expect(readConfig({ ...good, ...said, CORS_ORIGINS: origins })).toMatchObject({
      trustProxy: ['127.0.0.0/8', '::1/128', '10.0.0.0/8'],
      corsOrigins: ['https://app.example', 'http://localhost:5173', 'capacitor://localhost'],
      operationsPort: 9464,
    });
    expect(readConfig({ ...good, TRUST_PROXY: '2', CORS_ORIGINS: '*' })).toMatchObject({
      trustProxy: 2,
      corsOrigins: ['*'],
    });
    const { trustProxy, corsOrigins, operationsPort } = readConfig(good);
    expect([trustProxy, corsOrigins, operationsPort]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    'https://a.example/app',
    'a.example',
    'https://*.example',
    'null',
    '*,https://a.example',
    'https://u@a.example',
  ])('let in no origin that is none: %s', (origins) => {
    expect(() => readConfig({ ...good, CORS_ORIGINS: origins })).toThrow(/CORS_ORIGINS: origins as browsers send/);
  });

  it.each([
    ['45', 45_000],
    ['1500ms', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('take a time with its unit, or in seconds: %s', (text, ms) => {
    expect(readConfig({ ...good, HTTP_REQUEST_TIMEOUT: text }).requestTimeoutMs).toBe(ms);
  });

  it.each([
    'redis://h:1/3',
    'rediss://user:p,w@h:1',
    'redis://:p,w@a:1,redis://:p,w@b:2, redis://:p,w@[::1]',
    'redis://a:1/0,redis://b:2/',
  ])('take a Redis, or a cluster of it: %s', (url) => {
    expect(readConfig({ ...good, REDIS_URL: url }).redisUrl).toBe(url);
  });

  it('name every variable that is missing, at once', () => {
    const read = () => readConfig({ AUTH_JWT_SECRET: good.AUTH_JWT_SECRET });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/KAFKA_BROKERS: is not set[^]*DATABASE_URL: is not set[^]*REDIS_URL: is not set/);
  });

  it.each([
    ['a short secret', { AUTH_JWT_SECRET: 'ä'.repeat(15) }, /at least 32 bytes/],
    ['a short master key', { TIDEMARK_MASTER_KEY: 'too short, and that twice' }, /MASTER_KEY: at least 32 bytes/],
    ['a secret that is too simple', { AUTH_JWT_SECRET: 'secretsecretsecretsecretsecret!!' }, /SECRET: too simple/],
    ['a master key that is too simple', { TIDEMARK_MASTER_KEY: 'x'.repeat(32) }, /KEY: too simple .* openssl/],
    ['a public address that is none', { PUBLIC_URL: 'tidemark.example' }, /PUBLIC_URL: an address, e.g. https/],
    ['a public address with a query', { PUBLIC_URL: 'https://a.example/?b' }, /PUBLIC_URL: .*without .* query/],
    ['a host that is an address', { ALLOWED_HOSTS: 'a.example,https://b.example' }, /ALLOWED_HOSTS: .*names/],
    ['a proxy by a name', { TRUST_PROXY: 'nginx' }, /TRUST_PROXY: addresses and networks of proxies/],
    ['to trust everybody in passing', { TRUST_PROXY: 'true' }, /TRUST_PROXY: addresses/],
    ['operations on the port of the interface', { OPERATIONS_PORT: '3000' }, /OPERATIONS_PORT: must be another/],
    ['no way to check tokens', { AUTH_JWT_SECRET: '' }, /set one/],
    ['two ways to check tokens', { AUTH_JWKS_URL: 'https://id.example/keys' }, /exclude each other/],
    ['algorithms of public keys beside a secret', { AUTH_ALGORITHMS: 'ES256' }, /tokens of AUTH_JWT_SECRET are HS256/],
    ['an algorithm that is none', { AUTH_ALGORITHMS: 'none' }, /AUTH_ALGORITHMS: some of HS256, RS256/],
    ['a scope that there is not', { AUTH_SCOPES_MAP: 'viewer=users:see' }, /AUTH_SCOPES_MAP: their name to ours/],
    ['a map that is none', { AUTH_SCOPES_MAP: 'viewer' }, /AUTH_SCOPES_MAP: their name to ours/],
    ['an environment that is none', { AUTH_ENVIRONMENTS: 'a/b' }, /AUTH_ENVIRONMENTS: ids/],
    [
      'a time to connect that is none',
      { DATABASE_URL: `${good.DATABASE_URL}?connect_timeout=soon` },
      /connect_timeout/,
    ],
    ['a broker without a port', { KAFKA_BROKERS: 'kafka' }, /host:port/],
    ['a Redis that is no address', { REDIS_URL: 'redis-1:6379' }, /REDIS_URL: an address, e.g. redis/],
    ['a cluster of halves of addresses', { REDIS_URL: 'redis://a:1,b:2' }, /REDIS_URL: .*each whole/],
    ['a cluster half in the open', { REDIS_URL: 'rediss://a:1,redis://b:2' }, /REDIS_URL: .*same scheme, user and/],
    ['a cluster of two passwords', { REDIS_URL: 'redis://:x@a:1,redis://:y@b:2' }, /REDIS_URL: .*same .*password/],
    ['a numbered database of a cluster', { REDIS_URL: 'redis://a:1/3,redis://b:2/3' }, /REDIS_URL: .*one database/],
    ['a port out of range', { PORT: '70000' }, /PORT/],
    ['a time that is none', { HTTP_REQUEST_TIMEOUT: 'soon' }, /HTTP_REQUEST_TIMEOUT: a number and ms, s, m or h/],
    ['no time at all', { HTTP_REQUEST_TIMEOUT: '0' }, /HTTP_REQUEST_TIMEOUT: a number/],
    ['a limit that is none', { TIDEMARK_MAX_DEAD_LETTERS: 'many' }, /MAX_DEAD_LETTERS/],
    ['no streams at all', { STREAM_MAX_OPEN: '0' }, /STREAM_MAX_OPEN/],
    ['streams of no age', { STREAM_MAX_AGE: '1h' }, /STREAM_MAX_AGE/],
    ['a namespace that could not be a schema', { TIDEMARK_NAMESPACE: 'A;drop' }, /lower-case/],
  ])('refuse %s', (_, change, message) => {
    expect(() => readConfig({ ...good, ...change })).toThrow(message);
  });

  it('never show a secret in the refusal', () => {
    const read = () => readConfig({ ...good, AUTH_JWT_SECRET: 'too-short-secret' });
    expect(read).not.toThrow(/too-short-secret/);
  });
});
