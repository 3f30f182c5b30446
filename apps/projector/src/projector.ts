import { activitiesFold } from '#activities';
import { kafkaEventLog } from '#event-log';
import { type Config, type Logger, Namespace, Postgres } from '#platform';
import { type Fold, project } from '#projections';
import { registryFold } from '#registry';

export interface RunningProjector {
  /** Resolves when every fold knows its partitions. */
  readonly joined: Promise<unknown>;
  /** Resolves when all has been stopped and closed; rejects when a fold cannot go on. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Feeds all folds from the log, on connections of its own. */
export async function startProjector(config: Config, logger: Logger): Promise<RunningProjector> {
  const namespace = new Namespace(config.namespace);
  const postgres = new Postgres(config.databaseUrl, namespace, {
    onError: (err) => logger.warn({ err }, 'lost a connection to Postgres'),
  });
  const log = kafkaEventLog({ brokers: config.kafkaBrokers, clientId: namespace.name, logger });
  const folds: Fold[] = [registryFold(namespace), activitiesFold(namespace)];
  await log.prepare(folds.map(({ topic }) => topic));
  const running = await Promise.all(folds.map((fold) => project(fold, { log, postgres, namespace, logger })));
  const close = () => log.close().then(() => postgres.close());
  return {
    joined: Promise.all(running.map(({ joined }) => joined)),
    ended: Promise.all(running.map(({ ended }) => ended)).then(close),
    stop: async () => {
      await Promise.all(running.map((consumption) => consumption.stop()));
    },
  };
}
