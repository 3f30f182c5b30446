import {
  closingBoth,
  createLogger,
  httpApplication,
  listenAt,
  Namespace,
  Postgres,
  readConfig,
  runApp,
  serveOperations,
  takesRequests,
  waitForPostgres,
  waitingOf,
} from '#platform';
import { guardGenerations } from '#projections';
import { folds, readiness, StreamAppModule } from './stream-app.module.js';

await runApp('stream', async () => {
  const config = readConfig();
  const logger = createLogger('stream', config.logLevel);
  const waiting = waitingOf(config, logger);
  const app = await httpApplication(StreamAppModule.with(config, logger), { ...config, logger });
  guardGenerations(app, folds);
  const checks = readiness(app.get(Postgres), app.get(Namespace));
  const operations = await serveOperations(config, logger, [takesRequests(app), ...checks]);
  await waitForPostgres(waiting, config, app.get(Postgres));
  await listenAt(app, waiting, { setting: 'PORT', host: config.host, port: config.port });
  logger.info(`listening on ${await app.getUrl()}`);
  return closingBoth(app, operations);
});
