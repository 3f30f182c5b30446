import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-pem-'));
const pem = join(folder, 'ca.pem');
const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
writeFileSync(pem, PEM);
const noPem = join(folder, 'notes.txt');
writeFileSync(noPem, 'a list of things to do');
afterAll(() => rmSync(folder, { recursive: true }));

const good = {
  KAFKA_BROKERS: 'kafka:9093',
  DATABASE_URL: 'postgres://u:p@h/db',
  REDIS_URL: 'redis://h:1',
  AUTH_JWT_SECRET: 'a secret of the specs, 32 bytes or more',
};

describe('the settings of servers in the open', () => {
  it('are none unless told', () => {
    const { kafka, redisCa } = readConfig(good);
    expect([kafka, redisCa]).toEqual([{ tls: undefined, sasl: undefined, replication: undefined }, undefined]);
  });

  it('read the authority of Kafka, and a certificate of its own', () => {
    const files = { KAFKA_TLS_CA: pem, KAFKA_TLS_CERT: pem, KAFKA_TLS_KEY: pem };
    expect(readConfig({ ...good, KAFKA_TLS: 'true', ...files }).kafka.tls).toEqual({ ca: PEM, cert: PEM, key: PEM });
    expect(readConfig({ ...good, KAFKA_TLS: 'true' }).kafka.tls).toEqual({});
    expect(readConfig({ ...good, KAFKA_REPLICATION: '3' }).kafka.replication).toBe(3);
  });

  it.each([
    ['plain:ada:secret', { mechanism: 'plain', username: 'ada', password: 'secret' }],
    ['SCRAM-SHA-256:ada:a:b,c d=', { mechanism: 'scram-sha-256', username: 'ada', password: 'a:b,c d=' }],
    ['scram-sha-512:ada::', { mechanism: 'scram-sha-512', username: 'ada', password: ':' }],
  ])('take mechanism, user and password, which is all behind the second colon: %s', (text, sasl) => {
    expect(readConfig({ ...good, KAFKA_SASL: text }).kafka.sasl).toEqual(sasl);
  });

  it.each([
    ['an authority without TLS', { KAFKA_TLS_CA: pem }, /KAFKA_TLS_CA: is for TLS: set KAFKA_TLS=true/],
    ['an authority of Redis without TLS', { REDIS_TLS_CA: pem }, /REDIS_TLS_CA: is for TLS: begin REDIS_URL with red/],
    ['a certificate without its key', { KAFKA_TLS: 'true', KAFKA_TLS_CERT: pem }, /belong together/],
    ['a key without its certificate', { KAFKA_TLS: 'true', KAFKA_TLS_KEY: pem }, /belong together/],
    ['TLS that is neither true nor false', { KAFKA_TLS: 'yes' }, /KAFKA_TLS: true or false/],
    [
      'a file that is not there',
      { KAFKA_TLS: 'true', KAFKA_TLS_CA: `${pem}.old` },
      /KAFKA_TLS_CA: the path of a PEM file/,
    ],
    ['a file of something else', { KAFKA_TLS: 'true', KAFKA_TLS_CA: noPem }, /KAFKA_TLS_CA: the path of a PEM file/],
    ['a mechanism that is not known', { KAFKA_SASL: 'gssapi:ada:secret' }, /KAFKA_SASL: mechanism:user:password/],
    ['no password', { KAFKA_SASL: 'plain:ada' }, /KAFKA_SASL: mechanism:user:password/],
    ['no replicas at all', { KAFKA_REPLICATION: '0' }, /KAFKA_REPLICATION/],
    ['a root of Postgres that is not there', { DATABASE_URL: `postgres://h/db?sslrootcert=${pem}.old` }, /sslrootcert/],
  ])('refuse %s, in one line', (_what, change, message) => {
    const read = () => readConfig({ ...good, ...change });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^[^\n]*\n[^\n]*$/);
    expect(read).not.toThrow('secret');
  });
});
