import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyRequest } from 'fastify';
import { registerActivityBodies } from '#activities';
import { type Config, httpApplication, type Logger, Namespace, Postgres } from '#platform';
import { generationGate } from '#projections';
import { ApiModule, folds } from './api.module.js';
import { serveDocs } from './docs.js';

/** The whole HTTP interface, ready to listen. */
export async function createApi(config: Config, logger: Logger): Promise<NestFastifyApplication> {
  const app = await httpApplication(ApiModule.with(config, logger), { auth: config.auth, logger });
  registerActivityBodies(app);
  const gate = generationGate(app.get(Postgres), app.get(Namespace), folds(app.get(Namespace)));
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request: FastifyRequest) => {
      if (request.caller) await gate();
    });
  serveDocs(app);
  return app;
}
