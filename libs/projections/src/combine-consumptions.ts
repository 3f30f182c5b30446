import { type Consumption } from '#event-sourcing';
import { type Logger, within } from '#platform';

// Process managers wait about that long before they kill.
const PATIENCE_MS = 10_000;

/**
 * Combines consumptions: when one of them ends or fails, the others are stopped, and `close` is called when all have
 * ended. It settles as the first one did. One that takes longer than `patience` milliseconds to end is abandoned: its
 * checkpoint has not moved, so the next owner repeats that work.
 */
export function combineConsumptions(
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
  // Nobody has to wait for `joined` before stopping it.
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
