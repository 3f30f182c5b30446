import { setTimeout as pause } from 'node:timers/promises';
import { type Consumption, type Extents, type Subscription } from '#event-sourcing';
import { backoffMs } from '#platform';
import { GroupSession } from './group-session.js';
import { type KafkaOptions } from './kafka-client.js';
import { MembershipLost } from './kafka-errors.js';

const MAX_BACKOFF_MS = 5_000;

/** A consumer of a group: one session after the other, while what ends them is the log being out of reach. */
export class KafkaConsumer implements Consumption {
  readonly joined: Promise<void>;
  readonly ended: Promise<void>;
  /** Resolves when it has ended, in whichever way. */
  readonly finished: Promise<void>;
  private readonly stopped = new AbortController();
  private session: GroupSession | undefined;
  private failures = 0;
  private readonly firstJoin = Promise.withResolvers<void>();

  constructor(
    private readonly options: KafkaOptions,
    private readonly subscription: Subscription,
    private readonly extents: (topic: string) => Promise<Extents>,
  ) {
    const running = this.run();
    this.finished = running.catch(() => undefined);
    this.joined = Promise.race([
      this.firstJoin.promise,
      running.then(() => Promise.reject(new Error('stopped before it joined'))),
    ]);
    this.joined.catch(() => undefined);
    // A promise of its own: when nobody listens to this one, its rejection ends the process, as it should.
    this.ended = running.then(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.session?.stop();
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const session = (this.session = this.newSession());
      try {
        await session.ended;
      } catch (error) {
        if (!(error instanceof MembershipLost)) throw error;
        this.options.logger.warn({ err: error, group: this.subscription.group }, 'the consumer lost the log');
      } finally {
        await session.stop();
      }
      await this.backOff();
    }
  }

  private newSession(): GroupSession {
    return new GroupSession({
      subscription: this.subscription,
      kafka: this.options,
      extents: this.extents,
      onJoined: () => {
        this.failures = 0;
        this.firstJoin.resolve();
      },
    });
  }

  /** Not `retry`: a session that has joined and ends later starts again at the shortest delay. */
  private async backOff(): Promise<void> {
    const { signal } = this.stopped;
    const delay = backoffMs(this.failures, 100, MAX_BACKOFF_MS);
    this.failures += 1;
    if (!signal.aborted) await pause(delay, undefined, { signal }).catch(() => undefined);
  }
}
