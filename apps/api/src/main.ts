import { createLogger, Postgres, readConfig, runApp, waitFor, waitForPostgres, waitingOf } from '#platform';
import { createApi } from './api.js';

await runApp('api', async () => {
  const config = readConfig();
  const logger = createLogger('api', config.logLevel);
  const waiting = waitingOf(config, logger);
  const app = await createApi(config, logger);
  await waitForPostgres(waiting, config, app.get(Postgres));
  await app.init();
  await waitFor(waiting, `the address ${config.host}:${config.port}`, app.listen(config.port, config.host));
  logger.info(`listening on ${await app.getUrl()}`);
  return app;
});
