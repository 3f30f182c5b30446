import { createLogger, readConfig, runApp, serveOperations } from '#platform';
import { projects, type RunningProjector, startProjector } from './projector.js';

await runApp('projector', async () => {
  const config = readConfig();
  const logger = createLogger('projector', config.logLevel);
  let projector: RunningProjector | undefined;
  await serveOperations(config, logger, [projects(() => projector)]);
  projector = await startProjector(config, logger);
  const { joined, ended, stop } = projector;
  // A projector that no longer projects must not look alive: the process ends, and whoever watches it starts another.
  ended.then(
    () => process.exit(0),
    (err: unknown) => {
      logger.fatal({ err }, 'the projector cannot go on');
      logger.flush(() => process.exit(1));
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  // One that ends before it has joined says why when all is closed.
  await joined.catch(() => ended);
  logger.info('projecting');
});
