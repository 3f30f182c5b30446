import { createLogger, httpApplication, readConfig } from '#platform';
import { ApiModule } from './api.module.js';
import { describeApi } from './docs.js';

// Prints the OpenAPI document of the interface. In a preview nothing is made of the modules, so no server is needed.
const config = readConfig({
  KAFKA_BROKERS: 'nowhere:9092',
  DATABASE_URL: 'postgres://nowhere',
  REDIS_URL: 'redis://nowhere',
  AUTH_JWT_SECRET: 'nobody signs anything with this secret',
});
const logger = createLogger('describe', 'silent');
const app = await httpApplication(ApiModule.with(config, logger), { auth: config.auth, logger, preview: true });
process.stdout.write(`${JSON.stringify(describeApi(app), null, 2)}\n`);
