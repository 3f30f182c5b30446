import { type Consumption } from '#event-sourcing';
import { type Logger, within } from '#platform';

// Whoever stops a process waits about that long before killing it.
const PATIENCE_MS = 10_000;

/**
 * Several consumptions that begin and end together: when one of them ends, in whichever way, the others are stopped, and
 * `close` is called when all have ended. It ends as the first did. What takes longer than `patience` milliseconds to end is left:
 * it has not moved its checkpoint, so the next owner does it again.
 */
export function asOne(
  consumptions: readonly Consumption[],
  close: () => Promise<void>,
  { logger, patience = PATIENCE_MS }: { readonly logger: Pick<Logger, 'warn'>; readonly patience?: number },
): Consumption {
  const asked = Promise.withResolvers<void>();
  const first = Promise.race([asked.promise, ...consumptions.map(({ ended }) => ended)]);
  const endAll = async () => {
    await Promise.allSettled(consumptions.map((consumption) => consumption.stop()));
    await close();
  };
  const ended = first.finally(() => endWithin(patience, endAll(), logger));
  const joined = Promise.all(consumptions.map((consumption) => consumption.joined)).then(() => undefined);
  // Who stops it before it has joined need not have waited for that.
  joined.catch(() => undefined);
  const stop = () => {
    asked.resolve();
    return ended.catch(() => undefined);
  };
  return { joined, ended, stop };
}

function endWithin(patience: number, ending: Promise<void>, logger: Pick<Logger, 'warn'>): Promise<void> {
  const closed = ending.catch((err: unknown) => logger.warn({ err }, 'not all could be closed'));
  return within(patience, closed, () =>
    logger.warn(`not all has ended within ${patience} ms; what is not committed is left to the next`),
  );
}
