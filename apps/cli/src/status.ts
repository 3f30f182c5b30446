import { once } from 'node:events';
import { type Extent, LogMismatch } from '#event-sourcing';
import { type Config, connectRedis, type Namespace, type Postgres, within } from '#platform';
import {
  allGenerations,
  countOpen,
  type FoldViews,
  GenerationMissing,
  readCheckpoints,
  requireGeneration,
} from '#projections';
import { foldsOf, type Servers, withServers } from './servers.js';

/** Each server's state: `up`, or what is wrong. */
export type ServerStatus = Readonly<Record<string, string>>;

/** Positions of a partition; null where the server that knows it is down. */
export interface PartitionStatus {
  readonly partition: number;
  readonly end: number | null;
  readonly checkpoint: number | null;
  readonly lag: number | null;
}

export interface FoldStatus {
  readonly name: string;
  readonly topic: string;
  /** Of the views; null where they are missing or not those of this program. */
  readonly version: number | null;
  readonly problems: readonly string[];
  /** Records over all partitions; null where it is not known. */
  readonly lag: number | null;
  /** Records that could not be applied and wait for an operator; null where it is not known. */
  readonly deadLetters: number | null;
  readonly partitions: readonly PartitionStatus[];
  /** What stands beside the live views: former ones, those of other versions, and what a replay builds or has built. */
  readonly generations: readonly { readonly schema: string; readonly version: number; readonly phase: string }[];
}

export interface Status {
  readonly ok: boolean;
  readonly servers: ServerStatus;
  readonly folds: readonly FoldStatus[];
}

const PATIENCE_MS = 3_000;

/** Asks every server; what does not answer is part of the result, not an error. */
export async function readStatus(config: Config, url: string | undefined): Promise<Status> {
  const down: { kafka?: string; postgres?: string } = {};
  const [folds, redis, service] = await Promise.all([
    withServers(config, async (servers) => {
      const statuses: FoldStatus[] = [];
      // One after the other: they share a connection to Kafka, which a question that fails ends.
      for (const fold of foldsOf(servers.namespace)) statuses.push(await foldStatus(fold, servers, down));
      return statuses;
    }),
    outcome(() => pingRedis(config)),
    url === undefined ? undefined : outcome(() => askReady(readyUrl(url, config))),
  ]);
  const { kafka = 'up', postgres = 'up' } = down;
  const servers = { kafka, postgres, redis, ...(service !== undefined && { service }) };
  const ok =
    Object.values(servers).every((state) => state === 'up') && folds.every(({ problems }) => problems.length === 0);
  return { ok, servers, folds };
}

/** Of one fold; notes in `down` which server does not answer. */
export async function foldStatus(
  fold: FoldViews,
  { log, postgres, namespace }: Pick<Servers, 'log' | 'postgres' | 'namespace'>,
  down: { kafka?: string; postgres?: string },
): Promise<FoldStatus> {
  const { name, topic } = fold;
  const problems: string[] = [];
  const missing = (error: unknown) => {
    if (error instanceof GenerationMissing) problems.push(error.message);
    else if (error instanceof LogMismatch)
      problems.push(`topic ${topic.name} is missing: start a projector, or run "tidemark migrate"`);
    else throw error;
  };
  // In this order, so that no lag is below zero while records come.
  const views = await viewsOf(fold, postgres, namespace)
    .catch(missing)
    .catch((error: unknown) => void (down.postgres = doesNotAnswer(error)));
  const extents = await log
    .extents(topic.name)
    .catch(missing)
    .catch((error: unknown) => void (down.kafka = doesNotAnswer(error)));
  const partitions = Array.from({ length: topic.partitions }, (_, partition) =>
    partitionStatus(partition, extents?.get(partition), views?.checkpoints.get(partition)),
  );
  problems.push(...partitions.flatMap(outsideTheLog));
  const lag = partitions.reduce<number | null>((sum, { lag }) => (sum === null || lag === null ? null : sum + lag), 0);
  const version = views === undefined ? null : namespace.version(name);
  const deadLetters = views?.deadLetters ?? null;
  const all = await allGenerations(postgres, namespace, name).catch(() => []);
  const generations = all
    .filter(({ schema }) => schema !== namespace.views(name))
    .map(({ schema, version, phase }) => ({ schema, version, phase }));
  return { name, topic: topic.name, version, problems, lag, deadLetters, partitions, generations };
}

async function viewsOf(fold: FoldViews, postgres: Postgres, namespace: Namespace) {
  await requireGeneration(postgres, namespace, fold);
  return { checkpoints: await readCheckpoints(postgres, fold), deadLetters: await countOpen(postgres, fold.name) };
}

function partitionStatus(
  partition: number,
  extent: Extent | undefined,
  checkpoint: number | undefined,
): PartitionStatus {
  const end = extent?.high ?? null;
  const lag = end === null || checkpoint === undefined ? null : end - checkpoint;
  return { partition, end, checkpoint: checkpoint ?? null, lag };
}

function outsideTheLog({ partition, end, checkpoint, lag }: PartitionStatus): string[] {
  if (lag === null || lag >= 0) return [];
  return [
    `partition ${partition} ends at ${end}, before its checkpoint ${checkpoint}: this is not the log of these views`,
  ];
}

async function pingRedis({ redisUrl, redisCa }: Config): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const redis = connectRedis(redisUrl, failed.reject, redisCa);
  try {
    // A cluster that has lost a part of itself is not ready, and nothing says that it will never be.
    await within(PATIENCE_MS, Promise.race([once(redis, 'ready'), failed.promise]));
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

/** At the address of the service, or on the port of that machine which is for such questions. */
function readyUrl(url: string, { operationsPort }: Config): URL {
  const { hostname } = new URL(url);
  if (operationsPort !== undefined) return new URL(`http://${hostname}:${operationsPort}/health/ready`);
  return new URL('health/ready', url.endsWith('/') ? url : `${url}/`);
}

async function askReady(url: URL): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`is not ready: ${(await answer.text()).slice(0, 300)}`);
}

async function outcome(work: () => Promise<void>): Promise<string> {
  return work().then(() => 'up', doesNotAnswer);
}

function doesNotAnswer(error: unknown): string {
  const { code, cause, message } = error as { code?: unknown; cause?: { code?: unknown }; message: string };
  const reason = [code, cause?.code].find((known) => typeof known === 'string') ?? message;
  return message.startsWith('is not ready') ? message : `does not answer (${String(reason)})`;
}

/** The status for a person. */
export function statusText({ servers, folds }: Status): string {
  return [
    ...Object.entries(servers).map(([name, state]) => `${name.padEnd(11)}${state}`),
    ...folds.flatMap((fold) => ['', ...foldLines(fold)]),
  ].join('\n');
}

function foldLines(fold: FoldStatus): string[] {
  const { name, topic, version, lag, deadLetters, problems, partitions, generations } = fold;
  return [
    `${name.padEnd(11)}views of version ${version ?? '?'}, ${lag ?? '?'} behind topic ${topic}`,
    ...(deadLetters ? [`  dead letters: ${deadLetters}; see "tidemark deadletters list"`] : []),
    ...problems.map((problem) => `  ${problem}`),
    ...generations.map(({ schema, version, phase }) => `  beside it ${schema}, of version ${version}: ${phase}`),
    columns('partition', 'log end', 'checkpoint', 'lag'),
    ...partitions.map(({ partition, end, checkpoint, lag }) => columns(partition, end, checkpoint, lag)),
  ];
}

function columns(...values: (string | number | null)[]): string {
  return values.map((value) => String(value ?? '?').padStart(12)).join('');
}
