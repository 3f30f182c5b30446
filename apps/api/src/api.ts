import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { registerActivityBodies } from '#activities';
import { type Config, httpApplication, type Logger, type Namespace } from '#platform';
import { guardGenerations } from '#projections';
import { ApiModule, folds } from './api.module.js';
import { serveDocs } from './docs.js';

/** The whole HTTP interface, ready to listen. */
export async function createApi(
  config: Config,
  logger: Logger,
  namespace?: Namespace,
): Promise<NestFastifyApplication> {
  const app = await httpApplication(ApiModule.with(config, logger, namespace), { auth: config.auth, logger });
  registerActivityBodies(app);
  guardGenerations(app, folds);
  serveDocs(app);
  return app;
}
