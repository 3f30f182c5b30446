import { type EventLog } from '#event-sourcing';
import { kafkaEventLog } from '#event-log';
import { type Config, createLogger, Namespace, Postgres, waitFor } from '#platform';

const CLOSED_WITHIN_MS = 2_000;

export interface Servers {
  readonly config: Config;
  readonly log: EventLog;
  readonly postgres: Postgres;
  readonly namespace: Namespace;
}

/** Connections for the time of one command. What goes wrong with them is thrown by whoever uses them. */
export async function withServers<T>(config: Config, work: (servers: Servers) => Promise<T>): Promise<T> {
  const namespace = new Namespace(config.namespace);
  const logger = createLogger('cli', 'silent');
  const log = kafkaEventLog({
    brokers: config.kafkaBrokers,
    ...config.kafka,
    clientId: `${namespace.name}-cli`,
    logger,
  });
  const postgres = new Postgres(config.databaseUrl, namespace, { max: 2 });
  try {
    return await work({ config, log, postgres, namespace });
  } finally {
    const closing = Promise.all([log.close(), postgres.close()]);
    // What went wrong with a server has been said already, and one that hangs says no farewell either.
    await waitFor({ tell: () => undefined, deadlineMs: CLOSED_WITHIN_MS }, 'the connections to close', closing).catch(
      () => undefined,
    );
  }
}
