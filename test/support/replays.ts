import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { replayedActivities } from '#activities';
import { kafkaEventLog } from '#event-log';
import { connectRedis, createLogger, type FoldName, Namespace, Postgres, type ViewVersions } from '#platform';
import {
  dropOld,
  replay,
  type ReplayedFold,
  rollBack,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayResult,
} from '#projections';
import { Keyring, replayedRegistry } from '#registry';
import { replayedFigures } from '#statistics';
import { environmentOf } from './app-process.ts';
import type { Service } from './service.ts';

type Running = Pick<Service, 'config'>;

interface Given extends ReplayOptions {
  readonly views?: readonly FoldName[];
  /** Those of newer code. */
  readonly versions?: ViewVersions;
  readonly change?: (folds: ReplayedFold[]) => ReplayedFold[];
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** A replay in this process, of the folds as they are or as newer code might have them. */
export function runReplay(service: Running, given: Given = {}): Promise<ReplayResult> {
  return withFolds(service, given, (folds, outside) => replay(folds, outside, given));
}

export function runRollback(service: Running, given: Given = {}): Promise<ReplayResult> {
  return withFolds(service, given, rollBack);
}

export function runDropOld(service: Running, given: Given = {}): Promise<string[]> {
  return withFolds(service, given, dropOld);
}

async function withFolds<T>(
  { config }: Running,
  given: Given,
  work: (folds: ReplayedFold[], outside: Parameters<typeof replay>[1]) => Promise<T>,
): Promise<T> {
  const { views = ['registry', 'activities'], change = (folds) => folds, onProgress = () => undefined } = given;
  const namespace = new Namespace(config.namespace, given.versions);
  const logger = createLogger('test', 'error');
  const log = kafkaEventLog({ brokers: config.kafkaBrokers, clientId: 'replay', logger });
  const postgres = new Postgres(config.databaseUrl, namespace);
  const redis = connectRedis(config.redisUrl, () => undefined);
  const folds = change([
    replayedRegistry(namespace, new Keyring(postgres, namespace, config.masterKeys)),
    replayedActivities(namespace, replayedFigures(redis, namespace)),
  ]).filter(({ fold }) => views.includes(fold.name));
  const { databaseUrl } = config;
  try {
    return await work(folds, { databaseUrl, log, namespace, logger, onProgress });
  } finally {
    redis.disconnect();
    await log.close();
    await postgres.close();
  }
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `tidemark replay` as a process of its own; it runs what was built. */
export interface ReplayProcess {
  readonly ended: Promise<Ended>;
  /** Resolves when it has said this on its standard error. */
  saying(said: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export function spawnReplay(service: Running, ...args: string[]): ReplayProcess {
  const child: ChildProcess = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'replay', ...args], {
    env: {
      ...environmentOf(service),
      TIDEMARK_LOG_LEVEL: 'error',
      NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    saying: (said) =>
      new Promise((resolve, reject) => {
        const look = () => said.test(err) && resolve();
        child.stderr?.on('data', look);
        look();
        void ended.then(({ code }) => reject(new Error(`it ended with ${code} and had said: ${err}`)));
      }),
  };
}
