import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { announceAnswerTimes, type Config, httpApplication, type Logger, Namespace, Postgres } from '#platform';
import { guardGenerations, measureProjections } from '#projections';
import { ApiModule, folds } from './api.module.js';
import { serveDocs } from './docs.js';

/** The whole HTTP interface, ready to listen. */
export async function createApi(
  config: Config,
  logger: Logger,
  namespace?: Namespace,
): Promise<NestFastifyApplication> {
  const app = await httpApplication(ApiModule.with(config, logger, namespace), { ...config, logger });
  guardGenerations(app, folds);
  announceAnswerTimes(app, app.get(Postgres), app.get(Namespace));
  measureProjections(app.get<EventLog>(EVENT_LOG), app.get(Postgres), app.get(Namespace), folds);
  serveDocs(app);
  return app;
}
