import { createLogger, httpApplication, readConfig, runApp } from '#platform';
import { ApiModule } from './api.module.js';
import { serveDocs } from './docs.js';

await runApp('api', async () => {
  const config = readConfig();
  const logger = createLogger('api', config.logLevel);
  const app = await httpApplication(ApiModule.with(config, logger), { auth: config.auth, logger });
  serveDocs(app);
  await app.listen(config.port, config.host);
  logger.info(`listening on ${await app.getUrl()}`);
});
