import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaEventLog } from '#event-log';
import {
  type Config,
  ConfigError,
  connectRedis,
  createLogger,
  Namespace,
  Postgres,
  readConfig,
  redisReady,
  waitForPostgres,
} from '#platform';
import { runCommandLine } from '../../apps/cli/src/command-line.js';
import { spawnApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { freshNamespace } from '../support/namespaces.js';
import { PASSWORD, type SecuredServers, startSecuredServers, USER } from '../support/secured-servers.js';
import { SECRET, startService } from '../support/service.js';

/** A broker is up after some seconds, and the first client makes its internal topics. */
const START_MS = 120_000;
const WRONG = 'not-the-password';
const logger = createLogger('secured', 'silent');
const logOf = ({ kafkaBrokers, kafka }: Config) =>
  kafkaEventLog({ brokers: kafkaBrokers, ...kafka, clientId: 'secured', logger });

describe('servers that take nobody in without TLS and a password', () => {
  let servers: SecuredServers;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    servers = await startSecuredServers();
    const { certificates, kafka, postgresPort, redisPort } = servers;
    const encoded = encodeURIComponent(PASSWORD);
    const verified = `sslmode=verify-full&sslrootcert=${certificates.ca}`;
    env = {
      KAFKA_BROKERS: kafka.sasl,
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA: certificates.ca,
      KAFKA_SASL: `scram-sha-512:${USER}:${PASSWORD}`,
      KAFKA_REPLICATION: '1',
      DATABASE_URL: `postgres://${USER}:${encoded}@127.0.0.1:${postgresPort}/postgres?${verified}`,
      REDIS_URL: `rediss://:${encoded}@127.0.0.1:${redisPort}`,
      REDIS_TLS_CA: certificates.ca,
      AUTH_JWT_SECRET: SECRET,
      TIDEMARK_NAMESPACE: freshNamespace(),
    };
    const { databaseUrl, namespace } = readConfig(env);
    const postgres = new Postgres(databaseUrl, new Namespace(namespace));
    await eventually(() => postgres.query('SELECT'), { within: START_MS });
    await postgres.close();
  }, START_MS);
  afterAll(() => servers?.stop());

  const ofAClient = () => ({
    KAFKA_BROKERS: servers.kafka.mutual,
    KAFKA_TLS_CERT: servers.certificates.cert,
    KAFKA_TLS_KEY: servers.certificates.key,
    KAFKA_SASL: '',
  });

  it.each<[string, () => NodeJS.ProcessEnv]>([
    ['PLAIN', () => ({ KAFKA_SASL: `plain:${USER}:${PASSWORD}` })],
    ['SCRAM-SHA-256', () => ({ KAFKA_SASL: `SCRAM-SHA-256:${USER}:${PASSWORD}` })],
    ['SCRAM-SHA-512', () => ({})],
    ['a certificate of its own', ofAClient],
  ])(
    'let a log in with %s, that appends and reads',
    async (_what, changed) => {
      const log = logOf(readConfig({ ...env, ...changed() }));
      const topic = freshNamespace();
      await log.prepare([{ name: topic, partitions: 1 }]);
      await log.append(topic, [{ key: 'ada', value: 'sealed' }]);
      const read: string[] = [];
      await log.consume({
        topic,
        group: topic,
        startAt: async () => new Map([[0, 0]]),
        apply: async (_partition, records) => void read.push(...records.map(({ value }) => value.toString())),
      });
      await eventually(() => expect(read).toEqual(['sealed']));
      await log.close();
    },
    START_MS,
  );

  const cli = async (...args: string[]) => {
    let text = '';
    const out = { isTTY: false, write: (more: string) => Boolean((text += more)) };
    const exitCode = await runCommandLine(args, { env, stateFolder: '/nonexistent', out, err: out });
    return { exitCode, text };
  };

  it(
    'carry a command, an activity, its figures and the command line',
    async () => {
      expect(await cli('migrate')).toMatchObject({ exitCode: 0 });
      const service = await startService({ servers: env, namespace: env.TIDEMARK_NAMESPACE, owner: false });
      try {
        const demo = await service.client();
        const jane = await demo('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' });
        expect(jane.status).toBe(201);
        expect((await demo('POST', '/api/v3/activities', { userId: 1, type: 'step' })).status).toBe(202);
        await eventually(async () => {
          const active = await demo('GET', '/api/v3/statistics/active-users');
          expect([active.body.activeUsers, active.headers.get('tidemark-source')]).toEqual([1, 'redis']);
        });
        await eventually(async () => {
          expect((await demo('GET', '/health/ready')).body).toMatchObject({ status: 'ok' });
        });
        expect(await cli('replay', '--dry-run')).toMatchObject({ exitCode: 0 });
        const { text } = await cli('status', '--json');
        expect(JSON.parse(text)).toMatchObject({ ok: true, servers: { kafka: 'up', postgres: 'up', redis: 'up' } });
      } finally {
        await service.stop();
      }
    },
    START_MS,
  );

  /** How an app begins with each of its servers. */
  const begin = {
    async kafka(config: Config) {
      const log = logOf(config);
      await log.prepare([{ name: freshNamespace(), partitions: 1 }]).finally(() => log.close());
    },
    async postgres(config: Config) {
      const { databaseUrl, namespace } = config;
      const postgres = new Postgres(databaseUrl, new Namespace(namespace));
      const waiting = { tell: () => undefined, deadlineMs: 60_000 };
      await waitForPostgres(waiting, config, postgres).finally(() => postgres.close());
    },
    async redis({ redisUrl, redisCa }: Config) {
      const redis = await redisReady(connectRedis(redisUrl, () => undefined, redisCa));
      redis.disconnect();
    },
  };

  const withWrongPassword = (name: 'DATABASE_URL' | 'REDIS_URL') => ({
    [name]: env[name]!.replace(encodeURIComponent(PASSWORD), WRONG),
  });
  const withoutAuthority = () => ({ DATABASE_URL: env.DATABASE_URL!.replace(/&sslrootcert=.*/, '') });

  it.each([
    ['kafka', 'PLAIN', () => ({ KAFKA_SASL: `plain:${USER}:${WRONG}` }), /^KAFKA_SASL: Kafka refuses/],
    ['kafka', 'SCRAM', () => ({ KAFKA_SASL: `scram-sha-512:${USER}:${WRONG}` }), /^KAFKA_SASL: Kafka refuses/],
    ['postgres', 'SCRAM', () => withWrongPassword('DATABASE_URL'), /^DATABASE_URL: PostgreSQL refuses/],
    ['redis', 'AUTH', () => withWrongPassword('REDIS_URL'), /^REDIS_URL: Redis refuses/],
  ] as const)(
    'refuse a wrong password, which is told at the start and not shown: %s with %s',
    async (server, _how, changed, sentence) => {
      const beginning = begin[server](readConfig({ ...env, ...changed() }));
      await expect(beginning).rejects.toThrow(ConfigError);
      await expect(beginning).rejects.toThrow(sentence);
      await expect(beginning).rejects.not.toThrow(WRONG);
    },
  );

  it.each([
    ['kafka', () => ({ KAFKA_TLS_CA: '' }), /^KAFKA_TLS_CA: .* not trusted/],
    ['postgres', withoutAuthority, /^DATABASE_URL: .* not trusted.*sslrootcert/],
    ['redis', () => ({ REDIS_TLS_CA: '' }), /^REDIS_TLS_CA: .* not trusted/],
  ] as const)(
    'are not trusted where their authority is not known, which is told at the start: %s',
    async (server, changed, sentence) => {
      const beginning = begin[server](readConfig({ ...env, ...changed() }));
      await expect(beginning).rejects.toThrow(ConfigError);
      await expect(beginning).rejects.toThrow(sentence);
    },
  );

  it('are told of by an app in one line, without a stack', async () => {
    const service = { config: readConfig(env) };
    const refused = spawnApp('api', service, { ...env, KAFKA_SASL: `plain:${USER}:${WRONG}` });
    await expect(refused).rejects.toThrow(/ended with 1 .*: api: KAFKA_SASL: Kafka refuses[^\n]*\n$/);
    await expect(refused).rejects.not.toThrow(WRONG);
  });
});
