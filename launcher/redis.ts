import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeFolder } from './paths.ts';
import { installRedis } from './redis-install.ts';
import { ask, untilReady } from './server-readiness.ts';
import type { Session } from './session.ts';

/** Starts a Redis on 127.0.0.1 that stores nothing: it caches what Postgres knows, and is filled again from there. */
export async function startRedis(session: Session, port: number): Promise<string> {
  if (!redisVersion()) await installRedis(session);
  const log = join(session.logs, 'redis.log');
  const server = session.processes.start({
    name: 'redis',
    kind: 'server',
    command: 'redis-server',
    args: [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', makeFolder(join(session.folder, 'redis'), 0o700)],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    ],
    output: { log },
  });
  await untilReady('Redis', server, log, async () => (await ask(port, 'PING\r\n')).startsWith('+PONG'));
  return `redis://127.0.0.1:${port}`;
}

/** E.g. 7.0.15; undefined where there is no redis-server on the PATH. */
export function redisVersion(): string | undefined {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return /v=([\d.]+)/.exec(stdout ?? '')?.[1];
}
