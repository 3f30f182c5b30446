import { createLogger, readConfig, runApp } from '#platform';
import { createApi } from './api.js';

await runApp('api', async () => {
  const config = readConfig();
  const logger = createLogger('api', config.logLevel);
  const app = await createApi(config, logger);
  await app.listen(config.port, config.host);
  logger.info(`listening on ${await app.getUrl()}`);
  return app;
});
