import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, packages } from './packages.ts';
import { makeFolder } from './paths.ts';
import { keptSecret } from './secrets.ts';
import { ask, untilReady } from './readiness.ts';
import type { Session } from './session.ts';

/** Starts a Redis on 127.0.0.1 that stores nothing: it caches what Postgres knows, and is filled again from there. */
export async function startRedis(session: Session, port: number): Promise<string> {
  if (!redisVersion()) await install(session, packages.redis);
  const password = keptSecret(join(session.folder, 'redis-password'));
  const folder = makeFolder(join(session.folder, 'redis'), 0o700);
  // Arguments are shown to whoever lists processes.
  const settings = join(folder, 'redis.conf');
  writeFileSync(settings, redisSettings(port, folder, password), { mode: 0o600 });
  const log = join(session.logs, 'redis.log');
  const server = session.processes.start({
    name: 'redis',
    kind: 'server',
    command: 'redis-server',
    args: [settings],
    output: { log },
  });
  await untilReady('Redis', server, log, async () => (await ask(port, `AUTH ${password}\r\n`)).startsWith('+OK'));
  return `redis://:${password}@127.0.0.1:${port}`;
}

function redisSettings(port: number, folder: string, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'save ""',
    'appendonly no',
    'daemonize no',
    '',
  ].join('\n');
}

/** E.g. 7.0.15; undefined where there is no redis-server on the PATH. */
export function redisVersion(): string | undefined {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /v=([\d.]+)/.exec(stdout ?? '')?.[1];
}
