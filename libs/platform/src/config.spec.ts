import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const good = {
  KAFKA_BROKERS: 'a:1, b:2',
  DATABASE_URL: 'postgres://u:p@h/db',
  REDIS_URL: 'redis://h:1',
  AUTH_JWT_SECRET: 'x'.repeat(32),
};

describe('the settings', () => {
  it('fall to their defaults where the environment is silent or empty', () => {
    expect(readConfig({ ...good, HOST: '' })).toMatchObject({
      kafkaBrokers: ['a:1', 'b:2'],
      host: '127.0.0.1',
      port: 3000,
      requestTimeoutMs: 30_000,
      maxDeadLetters: 10_000,
      namespace: 'tidemark',
    });
  });

  it('take a master key with former ones behind it, or none', () => {
    const [now, before] = ['n'.repeat(32), 'b'.repeat(32)];
    expect(readConfig(good).masterKeys).toEqual([]);
    expect(readConfig({ ...good, TIDEMARK_MASTER_KEY: `${now}, ${before}` }).masterKeys).toEqual([now, before]);
  });

  it.each([
    ['45', 45_000],
    ['1500ms', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('take a time with its unit, or in seconds: %s', (text, ms) => {
    expect(readConfig({ ...good, HTTP_REQUEST_TIMEOUT: text }).requestTimeoutMs).toBe(ms);
  });

  it('name every variable that is missing, at once', () => {
    const read = () => readConfig({ AUTH_JWT_SECRET: good.AUTH_JWT_SECRET });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/KAFKA_BROKERS: is not set[^]*DATABASE_URL: is not set[^]*REDIS_URL: is not set/);
  });

  it.each([
    ['a short secret', { AUTH_JWT_SECRET: 'ä'.repeat(15) }, /at least 32 bytes/],
    ['a short master key', { TIDEMARK_MASTER_KEY: `${'x'.repeat(32)},short` }, /MASTER_KEY: at least 32 bytes/],
    ['no way to check tokens', { AUTH_JWT_SECRET: '' }, /set one/],
    ['two ways to check tokens', { AUTH_JWKS_URL: 'https://id.example/keys' }, /exclude each other/],
    ['a broker without a port', { KAFKA_BROKERS: 'kafka' }, /host:port/],
    ['a port out of range', { PORT: '70000' }, /PORT/],
    ['a time that is none', { HTTP_REQUEST_TIMEOUT: 'soon' }, /HTTP_REQUEST_TIMEOUT: a number and ms, s, m or h/],
    ['no time at all', { HTTP_REQUEST_TIMEOUT: '0' }, /HTTP_REQUEST_TIMEOUT: a number/],
    ['a limit that is none', { TIDEMARK_MAX_DEAD_LETTERS: 'many' }, /MAX_DEAD_LETTERS/],
    ['a namespace that could not be a schema', { TIDEMARK_NAMESPACE: 'A;drop' }, /lower-case/],
  ])('refuse %s', (_, change, message) => {
    expect(() => readConfig({ ...good, ...change })).toThrow(message);
  });

  it('never show a secret in the refusal', () => {
    const read = () => readConfig({ ...good, AUTH_JWT_SECRET: 'too-short-secret' });
    expect(read).not.toThrow(/too-short-secret/);
  });
});
