import { join } from 'node:path';
import { dockerAnswers, type Service, startContainers } from './docker.ts';
import { kafkaName, startKafka } from './kafka.ts';
import { rememberedPorts } from './ports.ts';
import { type PostgresOptions, startPostgres } from './postgres.ts';
import { say, step } from './progress.ts';
import { redisVersion, startRedis } from './redis.ts';
import type { Session } from './session.ts';

/** The environment variables by which every app finds its servers. */
export interface ServerAddresses {
  readonly KAFKA_BROKERS: string;
  readonly DATABASE_URL: string;
  readonly REDIS_URL: string;
}

const variables = { kafka: 'KAFKA_BROKERS', postgres: 'DATABASE_URL', redis: 'REDIS_URL' } as const;
const services = Object.keys(variables) as Service[];

type ServerOptions = Omit<PostgresOptions, 'port'>;

/** Views in the environment's own Postgres may be those of others. */
export const isPostgresGiven = (): boolean => Boolean(process.env[variables.postgres]);

/**
 * Uses the servers that the environment names and starts the others: in containers where Docker answers, else as
 * processes. Everything started listens on 127.0.0.1 alone, on ports that nobody else uses.
 */
export async function startServers(session: Session, options: ServerOptions): Promise<ServerAddresses> {
  const given = services.filter((service) => process.env[variables[service]]);
  const missing = services.filter((service) => !given.includes(service));
  if (given.length > 0) say(`✓ ${given.map((service) => variables[service]).join(', ')} from the environment`);
  const started = missing.length > 0 ? await start(session, missing, options) : {};
  const address = (service: Service) => process.env[variables[service]] || (started[service] ?? '');
  return { KAFKA_BROKERS: address('kafka'), DATABASE_URL: address('postgres'), REDIS_URL: address('redis') };
}

async function start(
  session: Session,
  missing: Service[],
  options: ServerOptions,
): Promise<Partial<Record<Service, string>>> {
  const ports = await rememberedPorts(join(session.folder, 'ports.json'), [...services, 'kafkaController']);
  if (await dockerAnswers()) {
    return step(
      'Docker Compose',
      () => startContainers(session, missing, ports),
      () => `${missing.join(', ')} in Docker`,
    );
  }
  const starters: Record<Service, () => Promise<string>> = {
    kafka: () => announced(kafkaName, ports.kafka, () => startKafka(session, ports, options.durable)),
    postgres: () =>
      announced('PostgreSQL 18', ports.postgres, () => startPostgres(session, { port: ports.postgres, ...options })),
    redis: () => announced(redisLabel, ports.redis, () => startRedis(session, ports.redis)),
  };
  const addresses = await Promise.all(missing.map(async (service) => [service, await starters[service]()] as const));
  return Object.fromEntries(addresses);
}

function announced(name: string | (() => string), port: number, startServer: () => Promise<string>): Promise<string> {
  const label = () => (typeof name === 'string' ? name : name());
  return step(label(), startServer, () => `${label()} on 127.0.0.1:${port}`);
}

function redisLabel(): string {
  return `Redis ${redisVersion() ?? ''}`.trimEnd();
}
