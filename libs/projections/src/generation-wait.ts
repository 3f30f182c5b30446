import { type Consumption } from '#event-sourcing';
import { type Logger, retry } from '#platform';
import { isTransient } from './faults.js';
import { GenerationMissing } from './generation.js';

const LONGEST_DELAY_MS = 500;

/**
 * Starts when `prepare` no longer throws `GenerationMissing`: instances of new code are started next to those of the
 * previous version while a replay builds their views. A failing server is waited for as well. Rejects with what `prepare`
 * throws otherwise at its first call; later that ends the consumption.
 */
export async function startWhenReady(
  prepare: () => Promise<void>,
  start: () => Promise<Consumption>,
  logger: Pick<Logger, 'warn'>,
): Promise<Consumption> {
  const onFailure = logOnce(logger);
  try {
    await prepare();
  } catch (error) {
    onFailure(error);
    return startLater((signal) => retry(prepare, { longestMs: LONGEST_DELAY_MS, onFailure, signal }), start);
  }
  return start();
}

/** Logs why it has to wait, once for each reason. Throws what waiting does not help against. */
function logOnce(logger: Pick<Logger, 'warn'>): (error: unknown) => void {
  let logged: string | undefined;
  return (err) => {
    if (!(err instanceof GenerationMissing) && !isTransient(err)) throw err;
    const reason = err instanceof GenerationMissing ? err.message : 'a server fails';
    if (reason !== logged) logger.warn({ err }, `waiting, since ${reason}`);
    logged = reason;
  };
}

function startLater(ready: (signal: AbortSignal) => Promise<void>, start: () => Promise<Consumption>): Consumption {
  const stopped = new AbortController();
  const { signal } = stopped;
  const unlessStopped = (error: unknown) => {
    if (!signal.aborted) throw error;
  };
  const started = ready(signal).then(() => (signal.aborted ? undefined : start()), unlessStopped);
  const joined = started.then((consumption) => consumption?.joined ?? Promise.reject(new Error('stopped before')));
  joined.catch(() => undefined);
  const stop = async () => {
    stopped.abort();
    const consumption = await started.catch(() => undefined);
    await consumption?.stop();
  };
  return { joined, ended: started.then((consumption) => consumption?.ended), stop };
}
