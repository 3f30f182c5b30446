import { join } from 'node:path';
import { dockerAnswers, type Service, type ServicePorts, startContainers } from './docker.ts';
import { kafkaName, type KafkaPorts, startKafka } from './kafka.ts';
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

/** Servers on their way. Each is asked for at once, or its failure has nobody to tell. */
export interface Servers {
  /** Once Postgres and Redis are up: Kafka takes longest, and whoever can wait for it begins meanwhile. */
  early(): Promise<ServerAddresses>;
  /** Once all are up. */
  up(): Promise<ServerAddresses>;
}

/**
 * Uses the servers that the environment names and starts the others: in containers where Docker answers, else as
 * processes. Everything started listens on 127.0.0.1 alone, on ports that nobody else uses.
 */
export function startServers(session: Session, options: ServerOptions): Servers {
  const starting = start(session, options);
  const addresses = async (kafkaOf: (starting: Starting) => Promise<string>): Promise<ServerAddresses> => {
    const { kafka, postgres, redis } = variables;
    const started = await starting;
    const all = [kafkaOf(started), started.up.postgres, started.up.redis] as const;
    const [brokers, databaseUrl, redisUrl] = await Promise.all(all);
    return { [kafka]: brokers, [postgres]: databaseUrl, [redis]: redisUrl };
  };
  return { early: () => addresses(async ({ kafkaToBe }) => kafkaToBe), up: () => addresses(({ up }) => up.kafka) };
}

interface Starting {
  readonly kafkaToBe: string;
  /** Each settles when the server is up, to its address. */
  readonly up: Readonly<Record<Service, Promise<string>>>;
}

async function start(session: Session, options: ServerOptions): Promise<Starting> {
  const given = (service: Service) => process.env[variables[service]];
  const missing = services.filter((service) => !given(service));
  const found = services.filter(given).map((service) => variables[service]);
  if (found.length > 0) say(`✓ ${found.join(', ')} from the environment`);
  const ports = await rememberedPorts(join(session.folder, 'ports.json'), [...services, 'kafkaController']);
  const isDocker = missing.length > 0 && (await dockerAnswers());
  const starters = isDocker ? inDocker(session, missing, ports) : asProcesses(session, ports, options);
  const addressOf = async (service: Service) => given(service) || starters[service]();
  return {
    kafkaToBe: given('kafka') || `127.0.0.1:${ports.kafka}`,
    up: { kafka: addressOf('kafka'), postgres: addressOf('postgres'), redis: addressOf('redis') },
  };
}

type Starters = Record<Service, () => Promise<string>>;

/** All of them together, whichever is asked for. */
function inDocker(session: Session, missing: Service[], ports: ServicePorts): Starters {
  const containers = step(
    'Docker Compose',
    () => startContainers(session, missing, ports),
    () => `${missing.join(', ')} in Docker`,
  );
  const of = (service: Service) => async () => (await containers)[service];
  return { kafka: of('kafka'), postgres: of('postgres'), redis: of('redis') };
}

function asProcesses(session: Session, ports: ServicePorts & KafkaPorts, options: ServerOptions): Starters {
  const labels: Record<Service, () => string> = {
    kafka: () => kafkaName,
    postgres: () => 'PostgreSQL 18',
    redis: () => `Redis ${redisVersion() ?? ''}`.trimEnd(),
  };
  const starters: Starters = {
    kafka: () => startKafka(session, ports, options.durable),
    postgres: () => startPostgres(session, { port: ports.postgres, ...options }),
    redis: () => startRedis(session, ports.redis),
  };
  const announced = (service: Service) => () =>
    step(labels[service](), starters[service], () => `${labels[service]()} on 127.0.0.1:${ports[service]}`);
  return { kafka: announced('kafka'), postgres: announced('postgres'), redis: announced('redis') };
}
