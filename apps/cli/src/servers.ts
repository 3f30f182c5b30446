import { activitiesFold } from '#activities';
import { type EventLog } from '#event-sourcing';
import { kafkaEventLog } from '#event-log';
import { type Config, createLogger, Namespace, Postgres, waitFor } from '#platform';
import { type FoldViews } from '#projections';
import { registryViews } from '#registry';

const CLOSED_WITHIN_MS = 2_000;

export interface Servers {
  readonly config: Config;
  readonly log: EventLog;
  readonly postgres: Postgres;
  readonly namespace: Namespace;
}

/** All folds, in the order in which they are shown. */
export const foldsOf = (namespace: Namespace): FoldViews[] => [registryViews(namespace), activitiesFold(namespace)];

/** Connections for one command. Their errors are thrown where they are used. */
export async function withServers<T>(config: Config, work: (servers: Servers) => Promise<T>): Promise<T> {
  const namespace = new Namespace(config.namespace);
  const logger = createLogger('cli', 'silent');
  const log = kafkaEventLog({
    brokers: config.kafkaBrokers,
    ...config.kafka,
    clientId: `${namespace.name}-cli`,
    logger,
    prepareTimeoutMs: config.startTimeoutMs,
  });
  const postgres = new Postgres(config.databaseUrl, namespace, { max: 2 });
  try {
    return await work({ config, log, postgres, namespace });
  } finally {
    const closing = Promise.all([log.close(), postgres.close()]);
    // Errors of a server have been reported already, and one that hangs does not close either.
    await waitFor({ tell: () => undefined, deadlineMs: CLOSED_WITHIN_MS }, 'the connections to close', closing).catch(
      () => undefined,
    );
  }
}
