import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, readConfig } from './config.js';
import { type ReadinessCheck } from './health.js';
import { createLogger, type Logger } from './logging.js';
import { closingBoth, listenAt, serveOperations, takesRequests } from './operations.js';
import { Postgres } from './postgres.js';
import { runApp } from './run-app.js';
import { waitForPostgres, waitingOf } from './waiting.js';

/** Runs an app that serves the interface or a part of it: it can be watched while it waits for Postgres, then it listens. */
export function runInterface(
  name: string,
  create: (config: Config, logger: Logger) => Promise<NestFastifyApplication>,
  readiness: (app: NestFastifyApplication) => readonly ReadinessCheck[],
): Promise<void> {
  return runApp(name, async () => {
    const config = readConfig();
    const logger = createLogger(name, config.logLevel);
    const waiting = waitingOf(config, logger);
    const app = await create(config, logger);
    const operations = await serveOperations(config, logger, [takesRequests(app), ...readiness(app)]);
    await waitForPostgres(waiting, config, app.get(Postgres));
    await app.init();
    await listenAt(app, waiting, { setting: 'PORT', host: config.host, port: config.port });
    logger.info(`listening on ${await app.getUrl()}`);
    return closingBoth(app, operations);
  });
}
