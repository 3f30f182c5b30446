import { createLogger, readConfig, runApp, serveOperations } from '#platform';
import { projects, type RunningProjector, startProjector } from './projector.js';

await runApp('projector', async () => {
  const config = readConfig();
  const logger = createLogger('projector', config.logLevel);
  const running: { projector?: RunningProjector } = {};
  await serveOperations(config, logger, [projects(() => running.projector)]);
  const { joined, ended, stop } = (running.projector = await startProjector(config, logger));
  // A projector that no longer projects must not look alive: the process ends, and whoever watches it starts another.
  ended.then(
    () => process.exit(0),
    (err: unknown) => {
      logger.fatal({ err }, 'the projector cannot go on');
      logger.flush(() => process.exit(1));
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  // Who started it can run one.
  if (running.projector.needsReplay) process.send?.('needs a replay');
  // One that ends before it has joined says why when all is closed.
  await joined.catch(() => ended);
  logger.info('projecting');
});
