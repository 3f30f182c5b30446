import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Service } from './service.ts';

/** An app as its own operating-system process, for what a process can suffer. It runs what was built. */
export interface AppProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has logged so far of level "warn" and above, a JSON object a line. */
  logged(): string;
  /** Resolves when the process is gone, with how it went. */
  readonly gone: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** What a program is told of the servers, the namespace and the secret of the service. */
export const environmentOf = ({ config }: Pick<Service, 'config'>): NodeJS.ProcessEnv => ({
  KAFKA_BROKERS: config.kafkaBrokers.join(','),
  DATABASE_URL: config.databaseUrl,
  REDIS_URL: config.redisUrl,
  AUTH_JWT_SECRET: config.auth.secrets?.join(','),
  TIDEMARK_NAMESPACE: config.namespace,
});

/** Resolves when the app is up: in the namespace of the service, with more variables if there are any. */
export async function spawnApp(
  app: 'api' | 'projector' | 'stream',
  service: Pick<Service, 'config'>,
  more: NodeJS.ProcessEnv = {},
): Promise<AppProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', `dist/apps/${app}/src/main.js`],
    {
      env: { ...environmentOf(service), TIDEMARK_LOG_LEVEL: 'warn', ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const output: Buffer[] = [];
  const logged = () => Buffer.concat(output).toString();
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk));
  const gone = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const ready = once(child, 'message');
  await Promise.race([
    ready,
    gone.then(({ code }) => {
      throw new Error(`the ${app} ended with ${code} before it was ready: ${logged()}`);
    }),
  ]);
  return { pid: child.pid!, gone, logged, kill: (signal) => void child.kill(signal) };
}
