import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { eventually } from './eventually.ts';
import { program } from './programs.ts';

/** A server of nginx with TLS on 127.0.0.1, until it is stopped. */
export interface Nginx {
  /** The answer when its head is there; its body is the caller's to read. */
  ask(method: string, url: string, headers?: OutgoingHttpHeaders, body?: string | Buffer): Promise<IncomingMessage>;
  stop(): Promise<void>;
}

/** With these locations and groups of servers; gzip is on for all that the service answers. */
export async function startNginx(port: number, locations: string, upstreams = ''): Promise<Nginx> {
  const command = await program('nginx');
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const { ca, cert, key } = makeCertificates(folder);
  const settings = join(folder, 'nginx.conf');
  writeFileSync(settings, settingsOf({ folder, port, cert, key, locations, upstreams }));
  const server = spawn(command, ['-p', folder, '-e', 'stderr', '-c', settings], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await eventually(async () => {
    if (server.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    await listening(port);
  });
  const authority = readFileSync(ca);
  return {
    async ask(method, to, headers = {}, body) {
      const asking = request(to, { method, headers, ca: authority, agent: false });
      asking.end(body);
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      return answer;
    },
    stop: () => stop(server, folder),
  };
}

async function listening(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect').finally(() => socket.destroy());
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  const gone = once(server, 'exit');
  if (server.exitCode === null && server.kill('SIGTERM')) await gone;
  rmSync(folder, { recursive: true, force: true });
}

interface Settings {
  readonly folder: string;
  readonly port: number;
  readonly cert: string;
  readonly key: string;
  readonly locations: string;
  readonly upstreams: string;
}

// One process that stays in the foreground and writes nothing outside of its folder.
function settingsOf({ folder, port, cert, key, locations, upstreams }: Settings): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
error_log stderr warn;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  gzip on;
  gzip_min_length 0;
  gzip_proxied any;
  gzip_types application/json application/problem+json text/event-stream application/x-ndjson;
${upstreams}
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
${locations}
  }
}
`;
}
