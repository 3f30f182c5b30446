import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, stopApp } from './service.ts';

/** A server that hands what is published at one address to all who listen at another. */
export interface Peer {
  /** With its version. */
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly publishPath: string;
  readonly streamPath: string;
  stop(): Promise<void>;
}

const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so';

/** Nest's own `@Sse`, in a process of its own. */
export async function startNestSse(): Promise<Peer> {
  const child = fork(join(import.meta.dirname, 'stream-sse-peer.ts'));
  const [port] = (await once(child, 'message')) as [number];
  const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };
  const paths = { publishPath: '/publish', streamPath: '/stream' };
  return { name: `Nest ${version}, @Sse`, pid: child.pid!, port, ...paths, stop: () => stopApp(child) };
}

/** nginx with nchan as Debian has them, one worker, in a folder of its own; undefined where they are not installed. */
export async function startNchan(): Promise<Peer | undefined> {
  if (!existsSync(NCHAN)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'nchan-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), settingsOf(folder, port));
  const args = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  const server = spawn('nginx', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await listening(server, port);
  const paths = { publishPath: '/publish', streamPath: '/stream' };
  return {
    name: `nginx ${versionOf('nginx')} with nchan ${versionOf('libnginx-mod-nchan')}`,
    pid: server.pid!,
    port,
    ...paths,
    async stop() {
      await stopApp(server);
      rmSync(folder, { recursive: true });
    },
  };
}

const versionOf = (debian: string) =>
  execFileSync('dpkg-query', ['-W', '-f', '${Version}', debian], { encoding: 'utf8' });

async function listening(server: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error('nginx ended');
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One process that stays in the foreground, writes nothing outside of its folder and cuts nobody off. */
function settingsOf(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
load_module ${NCHAN};
daemon off;
worker_processes 1;
worker_rlimit_nofile 12000;
error_log stderr error;
pid ${folder}/nginx.pid;
events { worker_connections 11000; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    keepalive_requests 1000000;
    location = /publish { nchan_publisher; nchan_channel_id one; }
    location = /stream { nchan_subscriber eventsource; nchan_channel_id one; nchan_subscriber_first_message newest; }
  }
}
`;
}
