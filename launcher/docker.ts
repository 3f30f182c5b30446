import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { toolEnvironment } from './environment.ts';
import { root } from './paths.ts';
import { addressOf, appsRole, ensureRoles } from './postgres-roles.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import { keptSecret } from './secrets.ts';
import type { Session } from './session.ts';

export type Service = 'kafka' | 'postgres' | 'redis';
export type ServicePorts = Readonly<Record<Service, number>>;

/** Whether a Docker engine answers and knows Compose; TIDEMARK_NO_DOCKER=1 says no. */
export async function dockerAnswers(): Promise<boolean> {
  if (process.env.TIDEMARK_NO_DOCKER === '1') return false;
  return (await succeeds(['compose', 'version'])) && (await succeeds(['info']));
}

/**
 * Starts the services in containers and waits for their health checks; they are stopped at the session's end. Resolves
 * to their addresses as docker-compose.yml publishes them.
 */
export async function startContainers(
  session: Session,
  services: Service[],
  ports: ServicePorts,
): Promise<Record<Service, string>> {
  const project = ['compose', '--project-name', projectName(session), '--file', join(root, 'docker-compose.yml')];
  // Compose asks for every variable at every command; for these two it is enough that they are there.
  const told = Object.entries(composeVariables(ports, { admin: '-', apps: '-', redis: '-' }));
  const end = ['docker', ...project, ...(session.throwAway ? ['down', '--volumes'] : ['stop'])];
  session.processes.atEnd({ run: ['env', ...told.map(([name, value]) => `${name}=${value}`), ...end] });
  const secrets = secretsOf(session);
  const log = join(session.logs, 'docker.log');
  await session.processes.run(
    {
      name: 'docker compose up',
      kind: 'tool',
      command: 'docker',
      args: [...project, 'up', '--detach', '--wait', ...services],
      env: toolEnvironment(composeVariables(ports, secrets)),
      output: { log },
    },
    900_000,
    () =>
      new Refusal(
        `Docker Compose could not start ${services.join(', ')}:\n${logTail(log)}\n` +
          'With TIDEMARK_NO_DOCKER=1 they run as plain processes instead.',
      ),
  );
  const cluster = {
    port: ports.postgres,
    throwAway: session.throwAway,
    passwords: secrets,
    // What docker-compose.yml said before there were two roles: its volumes are taken over.
    formerPassword: 'tidemark',
  };
  if (services.includes('postgres')) await ensureRoles(cluster);
  return {
    kafka: `127.0.0.1:${ports.kafka}`,
    postgres: addressOf(cluster, 'apps', appsRole),
    redis: `redis://:${secrets.redis}@127.0.0.1:${ports.redis}`,
  };
}

/** What the services are told by docker-compose.yml, and nobody else. */
interface Secrets {
  readonly admin: string;
  readonly apps: string;
  readonly redis: string;
}

function secretsOf({ folder }: Session): Secrets {
  return {
    admin: keptSecret(join(folder, 'postgres-admin-password')),
    apps: keptSecret(join(folder, 'postgres-password')),
    redis: keptSecret(join(folder, 'redis-password')),
  };
}

/** All that docker-compose.yml asks for. */
export function composeVariables(ports: ServicePorts, secrets: Secrets): NodeJS.ProcessEnv {
  return {
    KAFKA_PORT: String(ports.kafka),
    POSTGRES_PORT: String(ports.postgres),
    REDIS_PORT: String(ports.redis),
    POSTGRES_ADMIN_PASSWORD: secrets.admin,
    POSTGRES_PASSWORD: secrets.apps,
    REDIS_PASSWORD: secrets.redis,
    // Compose checks the variables of every service, also of those that are not started.
    AUTH_JWT_SECRET: 'used by no service that is started here',
  };
}

/** One project per clone, and one per throw-away folder. */
function projectName({ folder, throwAway }: Session): string {
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return `tidemark-${clone}${throwAway ? `-${basename(folder)}` : ''}`;
}

function succeeds(args: string[]): Promise<boolean> {
  return promisify(execFile)('docker', args, { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}
