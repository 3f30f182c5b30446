import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const secret = 'a secret of the benchmarks, 32 bytes or more';

/** The service as `npm start` runs it, an interface and a projector in processes of their own, alone in a namespace. */
export interface BenchService {
  readonly url: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export async function startService(): Promise<BenchService> {
  const env = await freshEnvironment();
  const apps: ChildProcess[] = [];
  for (const name of ['projector', 'api']) apps.push(await startApp(env, name));
  return {
    url: `http://127.0.0.1:${env.PORT}`,
    token: await output(run(env, ['ignore', 'pipe', 'inherit'], 'cli', 'token', '--environment', 'demo')),
    env,
    async stop() {
      for (const app of apps.reverse()) await stopApp(app);
    },
  };
}

/** Settings of a namespace that nobody else has. */
export async function freshEnvironment() {
  return {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    AUTH_JWT_SECRET: secret,
    TIDEMARK_NAMESPACE: `bench_${randomUUID().slice(0, 8)}`,
    TIDEMARK_LOG_LEVEL: 'error',
  };
}

/** Resolves when the app says that it is ready. */
export async function startApp(env: NodeJS.ProcessEnv, name: string): Promise<ChildProcess> {
  const app = run(env, ['ignore', 'inherit', 'inherit', 'ipc'], name);
  await once(app, 'message');
  return app;
}

export async function stopApp(app: ChildProcess): Promise<void> {
  app.kill('SIGTERM');
  await once(app, 'exit');
}

/** The command line against a service; resolves to its standard output. */
export function commandLine(service: BenchService, ...args: string[]): Promise<string> {
  const env = { ...service.env, TIDEMARK_URL: service.url, TIDEMARK_TOKEN: service.token };
  return output(run(env, ['ignore', 'pipe', 'inherit'], 'cli', ...args));
}

export function run(
  env: NodeJS.ProcessEnv,
  stdio: ('ignore' | 'inherit' | 'pipe' | 'ipc')[],
  app: string,
  ...args: string[]
): ChildProcess {
  const main = join(root, 'dist', 'apps', app, 'src', 'main.js');
  const flags = ['--disable-warning=TimeoutNegativeWarning'];
  // As bin/tidemark.mjs starts it.
  if (args[0] === 'replay') flags.push('--max-old-space-size=256');
  return spawn(process.execPath, [...flags, main, ...args], { env, stdio });
}

export async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text.trim();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
