import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { MEMORY_FLAGS } from '../launcher/apps.ts';

const root = join(import.meta.dirname, '..');
const secret = 'a secret of the benchmarks, 32 bytes or more';

/** The service as `npm start` runs it, an interface and a projector in processes of their own, alone in a namespace. */
export interface BenchService {
  readonly url: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
  /** The process of the interface. */
  readonly pid: number;
  /** The process of the projector, as long as there is one. */
  readonly projectorPid: number | undefined;
  startProjector(): Promise<void>;
  /** Leaves the interface up and the views where they are. */
  stopProjector(): Promise<void>;
  stop(): Promise<void>;
}

interface ServiceOptions {
  /** For the Node of the interface, e.g. to profile it. */
  readonly flags?: string[];
  /** Variables that the interface alone has. */
  readonly ofApi?: NodeJS.ProcessEnv;
  /** The folder of another build. */
  readonly build?: string;
}

export async function startService({ flags, ofApi = {}, build }: ServiceOptions = {}): Promise<BenchService> {
  const env = await freshEnvironment();
  let projector: ChildProcess | undefined;
  const startProjector = async () => {
    projector = await startApp({ env, build, app: 'projector' });
  };
  const stopProjector = async () => {
    if (projector) await stopApp(projector);
    projector = undefined;
  };
  await startProjector();
  const api = await startApp({ env: { ...env, ...ofApi }, build, app: 'api', flags });
  return {
    url: `http://127.0.0.1:${env.PORT}`,
    token: await output(run({ env, app: 'cli', args: ['token', '--environment', 'demo'], stdio: PRINTING })),
    env,
    pid: api.pid!,
    get projectorPid() {
      return projector?.pid;
    },
    startProjector,
    stopProjector,
    async stop() {
      await stopApp(api);
      await stopProjector();
    },
  };
}

/** A service for as long as `work` takes. */
export async function withService<T>(work: (service: BenchService) => Promise<T>): Promise<T> {
  const service = await startService();
  try {
    return await work(service);
  } finally {
    await service.stop();
  }
}

/** A connection to the servers' Postgres for as long as `work` takes. */
export async function withDatabase<T>(work: (database: pg.Client) => Promise<T>): Promise<T> {
  const database = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
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

/** One of the apps, of this build or of that in another folder. */
interface Program {
  readonly env: NodeJS.ProcessEnv;
  readonly app: string;
  readonly build?: string | undefined;
  /** For Node. */
  readonly flags?: readonly string[] | undefined;
  readonly args?: readonly string[];
}

type Stdio = ('ignore' | 'inherit' | 'pipe' | 'ipc')[];
export const PRINTING: Stdio = ['ignore', 'pipe', 'inherit'];

/** Resolves when the app says that it is ready. */
export async function startApp(program: Program): Promise<ChildProcess> {
  const app = run({ ...program, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(app, 'message');
  return app;
}

export async function stopApp(app: ChildProcess): Promise<void> {
  app.kill('SIGTERM');
  await once(app, 'exit');
}

/** An instance of the live stream alone beside a service, and where it listens. */
export async function startStream(
  service: BenchService,
  { env = {}, flags }: { readonly env?: NodeJS.ProcessEnv; readonly flags?: readonly string[] } = {},
): Promise<{ readonly app: ChildProcess; readonly pid: number; readonly port: number }> {
  const port = await freePort();
  const app = await startApp({ env: { ...service.env, ...env, PORT: String(port) }, app: 'stream', flags });
  return { app, pid: app.pid!, port };
}

/** The command line against a service; resolves to its standard output. */
export function commandLine(service: BenchService, ...args: string[]): Promise<string> {
  const env = { ...service.env, TIDEMARK_URL: service.url, TIDEMARK_TOKEN: service.token };
  return output(run({ env, app: 'cli', args, stdio: PRINTING }));
}

export function run({
  env,
  app,
  build = root,
  flags = [],
  args = [],
  stdio,
}: Program & { readonly stdio: Stdio }): ChildProcess {
  const main = join(build, 'dist', 'apps', app, 'src', 'main.js');
  // An earlier build is run as it was.
  const memory = build === root && app !== 'cli' ? MEMORY_FLAGS : [];
  const options = ['--disable-warning=TimeoutNegativeWarning', ...memory, ...flags];
  return spawn(process.execPath, [...options, main, ...args], { env, stdio });
}

export async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text.trim();
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
