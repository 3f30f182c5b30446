import { activitiesFold } from '#activities';
import { kafkaEventLog } from '#event-log';
import { type Consumption } from '#event-sourcing';
import {
  type Config,
  connectRedis,
  kafkaFor,
  type Logger,
  Namespace,
  Postgres,
  type ReadinessCheck,
  redisReady,
  saying,
  waitFor,
  waitForPostgres,
  waitingOf,
} from '#platform';
import { combineConsumptions, needsReplay, project, requireGeneration } from '#projections';
import { Keyring, prepareKeys, registryFold } from '#registry';
import { StatisticsFollower } from '#statistics';

/** Joined when every fold knows its partitions; ended when all has been closed. */
export interface RunningProjector extends Consumption {
  /** Whether it waits for views that a replay has to build first. */
  readonly needsReplay: boolean;
  /** Rejects with the reason why it does not project. */
  check(): Promise<void>;
}

/** Whether a projector does its work, before it has started too. */
export function projects(running: () => RunningProjector | undefined): ReadinessCheck {
  const check = async () => {
    const projector = running();
    if (!projector) throw new Error('is not started: something that it needs is not there yet');
    await projector.check();
  };
  return { name: 'projection', check };
}

// A fold looks everything up by keys. A plan that was made while a table was small would read it from end to end, and is
// kept until the table's statistics are made anew: by then it may have a million rows. What many users
// leave to be merged into the index of the search is merged with as much memory as a statement has: with the usual 4 MB a tenth
// fewer are registered.
const SETTINGS = { enable_seqscan: 'off', work_mem: '64MB' };

/** Feeds all folds from the log, on connections of its own; one that cannot go on ends them all. */
export async function startProjector(
  config: Config,
  logger: Logger,
  namespace = new Namespace(config.namespace),
): Promise<RunningProjector> {
  const waiting = waitingOf(config, logger);
  const lost = (server: string) => (err: Error) => logger.warn({ err }, `lost a connection to ${server}`);
  const options = { settings: SETTINGS, onError: lost('Postgres') };
  const postgres = new Postgres(config.databaseUrl, namespace, options);
  const redis = await redisReady(connectRedis(config.redisUrl, lost('Redis'), config.redisCa), waiting.tell);
  const log = kafkaEventLog({
    brokers: config.kafkaBrokers,
    ...config.kafka,
    clientId: namespace.name,
    logger,
    prepareTimeoutMs: config.startTimeoutMs,
  });
  const statistics = new StatisticsFollower(redis, postgres, namespace, logger);
  const keyring = new Keyring(postgres, namespace, config.masterKeys);
  const folds = [registryFold(namespace, keyring), activitiesFold(namespace, [statistics])];
  await waitForPostgres(waiting, config, postgres);
  await waitFor(waiting, kafkaFor('the topics', config), log.prepare(folds.map(({ topic }) => topic)));
  await waitFor(waiting, 'the keys', prepareKeys(keyring, log, namespace));
  if (await keyring.liesOpen())
    logger.warn('the keys of personal fields lie open in Postgres: set TIDEMARK_MASTER_KEY');
  const { maxDeadLetters } = config;
  const around = { log, postgres, namespace, logger, maxDeadLetters };
  const running = await waitFor(waiting, 'the views', Promise.all(folds.map((fold) => project(fold, around))));
  const close = async () => {
    await log.close();
    await statistics.close();
    redis.disconnect();
    await postgres.close();
  };
  const projector = combineConsumptions(running, close, { logger });
  // Views that a replay builds first take as long as that.
  void saying(waiting, 'a share of the partitions', projector.joined).catch(() => undefined);
  const requireServers = async () => {
    for (const fold of folds) await requireGeneration(postgres, namespace, fold);
    for (const { topic } of folds) await log.extents(topic.name);
  };
  const waits = await Promise.all(folds.map((fold) => needsReplay(postgres, namespace, fold)));
  return { ...projector, needsReplay: waits.includes(true), check: onceJoined(projector, requireServers) };
}

function onceJoined({ joined }: Consumption, check: () => Promise<void>): () => Promise<void> {
  let isJoined = false;
  // Whoever waits for it hears why it did not join.
  joined.then(() => (isJoined = true)).catch(() => undefined);
  return async () => {
    if (!isJoined) throw new Error('is not given its share of the partitions yet');
    await check();
  };
}
