import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { root } from './paths.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

export type Service = 'kafka' | 'postgres' | 'redis';
export type ServicePorts = Readonly<Record<Service, number>>;

/** Whether a Docker engine answers and knows Compose; TIDEMARK_NO_DOCKER=1 says no. */
export async function dockerAnswers(): Promise<boolean> {
  if (process.env.TIDEMARK_NO_DOCKER === '1') return false;
  return (await succeeds(['compose', 'version'])) && (await succeeds(['info']));
}

/** Starts the services in containers and waits for their health checks; they are stopped at the session's end. */
export async function startContainers(session: Session, services: Service[], ports: ServicePorts): Promise<void> {
  const project = ['compose', '--project-name', projectName(session), '--file', join(root, 'docker-compose.yml')];
  session.processes.atEnd({ run: ['docker', ...project, ...(session.throwAway ? ['down', '--volumes'] : ['stop'])] });
  const log = join(session.logs, 'docker.log');
  await session.processes.run(
    {
      name: 'docker compose up',
      kind: 'tool',
      command: 'docker',
      args: [...project, 'up', '--detach', '--wait', ...services],
      env: { ...process.env, ...portVariables(ports) },
      output: { log },
    },
    () =>
      new Refusal(
        `Docker Compose could not start ${services.join(', ')}:\n${logTail(log)}\n` +
          'With TIDEMARK_NO_DOCKER=1 they run as plain processes instead.',
      ),
  );
}

/** Addresses of the services as docker-compose.yml publishes them. */
export function containerAddresses(ports: ServicePorts): Record<Service, string> {
  return {
    kafka: `127.0.0.1:${ports.kafka}`,
    postgres: `postgres://tidemark:tidemark@127.0.0.1:${ports.postgres}/tidemark`,
    redis: `redis://127.0.0.1:${ports.redis}`,
  };
}

function portVariables(ports: ServicePorts): NodeJS.ProcessEnv {
  return {
    KAFKA_PORT: String(ports.kafka),
    POSTGRES_PORT: String(ports.postgres),
    REDIS_PORT: String(ports.redis),
    POSTGRES_PASSWORD: 'tidemark',
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
  return new Promise((resolve) => {
    const docker = spawn('docker', args, { stdio: 'ignore', timeout: 5_000 });
    docker.on('error', () => resolve(false));
    docker.on('exit', (code) => resolve(code === 0));
  });
}
