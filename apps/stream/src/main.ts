import { createLogger, httpApplication, readConfig, runApp } from '#platform';
import { guardGenerations } from '#projections';
import { folds, StreamAppModule } from './stream-app.module.js';

await runApp('stream', async () => {
  const config = readConfig();
  const logger = createLogger('stream', config.logLevel);
  const app = await httpApplication(StreamAppModule.with(config, logger), { ...config, logger });
  guardGenerations(app, folds);
  await app.listen(config.port, config.host);
  logger.info(`listening on ${await app.getUrl()}`);
});
