import { setTimeout as pause } from 'node:timers/promises';
import { type Consumption } from '#event-sourcing';
import { type Logger } from '#platform';
import { isTransient } from './faults.js';
import { GenerationMissing } from './generation.js';

const LOOK_EVERY_MS = 500;

/**
 * Begins when `prepare` no longer throws `GenerationMissing`: instances of new code are started beside those of the former
 * while a replay builds the views that theirs will be. A server that fails meanwhile is waited for as well.
 */
export async function onceThere(
  prepare: () => Promise<void>,
  begin: () => Promise<Consumption>,
  logger: Pick<Logger, 'warn'>,
): Promise<Consumption> {
  const views = new AwaitedViews(prepare, logger);
  return (await views.areThere()) ? begin() : new Waiting(views, begin);
}

/** Says why it has to be waited for, once for each reason. */
class AwaitedViews {
  private said: string | undefined;

  constructor(
    private readonly prepare: () => Promise<void>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async areThere(): Promise<boolean> {
    try {
      await this.prepare();
      return true;
    } catch (error) {
      if (!(error instanceof GenerationMissing) && !isTransient(error)) throw error;
      this.say(error instanceof GenerationMissing ? error.message : 'a server fails', error);
      return false;
    }
  }

  private say(reason: string, err: unknown): void {
    if (reason === this.said) return;
    this.said = reason;
    this.logger.warn({ err }, `waiting, since ${reason}`);
  }
}

class Waiting implements Consumption {
  readonly joined: Promise<void>;
  readonly ended: Promise<void>;
  private readonly stopped = new AbortController();
  private readonly begun: Promise<Consumption | undefined>;

  constructor(
    private readonly views: AwaitedViews,
    begin: () => Promise<Consumption>,
  ) {
    this.begun = this.untilThere().then((there) => (there ? begin() : undefined));
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
  private async untilThere(): Promise<boolean> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted && (await this.views.areThere())) return !signal.aborted;
    }
    return false;
  }
}
