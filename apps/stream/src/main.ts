import { type Config, httpApplication, type Logger, Namespace, Postgres, runInterface } from '#platform';
import { guardGenerations } from '#projections';
import { folds, readiness, StreamAppModule } from './stream-app.module.js';

async function createStream(config: Config, logger: Logger) {
  const app = await httpApplication(StreamAppModule.with(config, logger), { ...config, logger });
  guardGenerations(app, folds);
  return app;
}

await runInterface('stream', createStream, (app) => readiness(app.get(Postgres), app.get(Namespace)));
