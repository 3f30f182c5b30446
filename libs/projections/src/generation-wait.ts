import { setTimeout as pause } from 'node:timers/promises';
import { type Consumption } from '#event-sourcing';
import { type Logger } from '#platform';
import { GenerationMissing } from './generation.js';

const LOOK_EVERY_MS = 500;

/**
 * Begins when `prepare` no longer throws `GenerationMissing`: instances of new code are started beside those of the former
 * while a replay builds the views that theirs will be.
 */
export async function onceThere(
  prepare: () => Promise<void>,
  begin: () => Promise<Consumption>,
  logger: Pick<Logger, 'warn'>,
): Promise<Consumption> {
  try {
    await prepare();
  } catch (error) {
    if (!(error instanceof GenerationMissing)) throw error;
    logger.warn(`waiting, since ${error.message}`);
    return new Waiting(prepare, begin);
  }
  return begin();
}

class Waiting implements Consumption {
  readonly joined: Promise<void>;
  readonly ended: Promise<void>;
  private readonly stopped = new AbortController();
  private readonly begun: Promise<Consumption | undefined>;

  constructor(prepare: () => Promise<void>, begin: () => Promise<Consumption>) {
    this.begun = this.untilThere(prepare).then((there) => (there ? begin() : undefined));
    this.joined = this.begun.then((consumption) => consumption?.joined ?? Promise.reject(new Error('stopped before')));
    this.joined.catch(() => undefined);
    this.ended = this.begun.then((consumption) => consumption?.ended);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    const consumption = await this.begun.catch(() => undefined);
    await consumption?.stop();
  }

  /** False where it was stopped before. */
  private async untilThere(prepare: () => Promise<void>): Promise<boolean> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (await isThere(prepare)) return true;
    }
    return false;
  }
}

async function isThere(prepare: () => Promise<void>): Promise<boolean> {
  try {
    await prepare();
    return true;
  } catch (error) {
    if (error instanceof GenerationMissing) return false;
    throw error;
  }
}
