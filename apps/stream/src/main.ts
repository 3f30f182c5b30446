import {
  createLogger,
  httpApplication,
  Postgres,
  readConfig,
  runApp,
  waitFor,
  waitForPostgres,
  waitingOf,
} from '#platform';
import { guardGenerations } from '#projections';
import { folds, StreamAppModule } from './stream-app.module.js';

await runApp('stream', async () => {
  const config = readConfig();
  const logger = createLogger('stream', config.logLevel);
  const waiting = waitingOf(config, logger);
  const app = await httpApplication(StreamAppModule.with(config, logger), { ...config, logger });
  guardGenerations(app, folds);
  await waitForPostgres(waiting, config, app.get(Postgres));
  await waitFor(waiting, `the address ${config.host}:${config.port}`, app.listen(config.port, config.host));
  logger.info(`listening on ${await app.getUrl()}`);
  return app;
});
