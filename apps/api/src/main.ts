import { EVENT_LOG, type EventLog } from '#event-sourcing';
import {
  closingBoth,
  createLogger,
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
import { readiness } from './api.module.js';
import { createApi } from './api.js';

await runApp('api', async () => {
  const config = readConfig();
  const logger = createLogger('api', config.logLevel);
  const waiting = waitingOf(config, logger);
  const app = await createApi(config, logger);
  const checks = readiness(app.get(Postgres), app.get<EventLog>(EVENT_LOG), app.get(Namespace));
  const operations = await serveOperations(config, logger, [takesRequests(app), ...checks]);
  await waitForPostgres(waiting, config, app.get(Postgres));
  await app.init();
  await listenAt(app, waiting, { setting: 'PORT', host: config.host, port: config.port });
  logger.info(`listening on ${await app.getUrl()}`);
  return closingBoth(app, operations);
});
