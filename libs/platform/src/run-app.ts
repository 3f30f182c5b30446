import { ConfigError } from './config.js';

// What is in flight has ten seconds of these (draining.ts); the rest is for connections to servers that hang.
const LONGEST_STOP_MS = 15_000;

/** Closes in order: answers the requests that it has accepted, then closes its connections. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Starts an app and tells the launcher, if there is one, that it is ready. What keeps it from starting is said in a
 * sentence, not a stack, where it is the operator's to mend. An app that it is given is closed at SIGTERM and SIGINT;
 * one that gives none minds them itself.
 */
export async function runApp(name: string, start: () => Promise<Closable | void>): Promise<void> {
  try {
    const app = await start();
    if (app) closeOnSignal(name, app);
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

/** A second signal ends the process at once, and so does the end of its time. */
function closeOnSignal(name: string, app: Closable): void {
  let closing = false;
  const fail = (why: unknown) => {
    console.error(why);
    process.exit(1);
  };
  const close = () => {
    if (closing) process.exit(1);
    closing = true;
    setTimeout(fail, LONGEST_STOP_MS, `${name}: did not end in time and is ended`).unref();
    app.close().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, close);
}
