import { ConfigError } from './config.js';

/**
 * Starts an app and tells the launcher, if there is one, that it is ready. What keeps it from starting is said in a
 * sentence, not a stack, where it is the operator's to mend.
 */
export async function runApp(name: string, start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
    process.send?.('ready');
    // Whoever started this over a channel and is gone can no longer end it.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  } catch (error) {
    const plain =
      error instanceof ConfigError ||
      ['LogMismatch', 'LogUnavailable', 'GenerationMissing', 'KeysUnusable', 'NotInTime'].includes(
        (error as Error).name,
      );
    console.error(plain ? `${name}: ${(error as Error).message}` : error);
    process.exit(1);
  }
}
