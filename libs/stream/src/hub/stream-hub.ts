import { setTimeout as pause } from 'node:timers/promises';
import { partitionFor } from '#event-log';
import { type Position } from '#event-sourcing';
import { type Logger, type Namespace, type Notifications, type Postgres } from '#platform';
import { readCheckpoints } from '#projections';
import { readForAudiences } from '../activity-rows.js';
import { type Audience } from '../audience.js';
import { HubClosed, PartitionTail, type TailSource } from './partition-tail.js';
import { type Follower, type Seat } from './seats.js';

const FOLD = 'activities';
const PAGE = 500;

interface Surroundings {
  readonly postgres: Postgres;
  readonly notifications: Notifications;
  readonly namespace: Namespace;
  readonly logger: Logger;
}

/**
 * The live end of the view of activities, for all streams of a process. It reads what the projector has committed,
 * never the log: so a stream shows what has been counted, once, and nothing before its checkpoint. Announcements of
 * commits drive it; no timer stands between a commit and a delivery.
 */
export class StreamHub {
  private tails: readonly PartitionTail[] = [];
  private starting: Promise<void> | undefined;
  private listening: Promise<void> | undefined;
  private readonly closing = new AbortController();

  constructor(private readonly around: Surroundings) {}

  /** Resolves when the hub knows where the view stands. Rejects when the view is not there or Postgres is down. */
  ready(): Promise<void> {
    this.starting ??= this.start().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  private async start(): Promise<void> {
    const checkpoints = await this.checkpoints();
    this.tails = Array.from(
      { length: checkpoints.size },
      (_, partition) => new PartitionTail(partition, this.source, checkpoints.get(partition) ?? 0),
    );
    await this.listen();
    // What was committed between the two.
    await this.look();
  }

  /** Once, however often it has to be started. */
  private listen(): Promise<void> {
    const { notifications, namespace } = this.around;
    this.listening ??= notifications
      .listen(
        namespace.views(FOLD),
        (payload) => this.heard(payload),
        () => void this.persist(() => this.look()).catch(() => undefined),
      )
      .catch((error: unknown) => {
        this.listening = undefined;
        throw error;
      });
    return this.listening;
  }

  private heard(payload: string): void {
    const [partition = NaN, position = NaN] = payload.split(':').map(Number);
    this.tails[partition]?.advance(position);
  }

  /** Reads the checkpoints, as after a time without announcements, and gives them. */
  async look(): Promise<Map<number, Position>> {
    const checkpoints = await this.checkpoints();
    for (const [partition, position] of checkpoints) this.tails[partition]?.advance(position);
    return checkpoints;
  }

  private checkpoints(): Promise<Map<number, Position>> {
    return readCheckpoints(this.around.postgres, { name: FOLD });
  }

  /** The partitions whose records are about an audience: consecutive, beginning at `first`. */
  partitionsOf({ environment, userId }: Audience): { first: number; count: number } {
    if (userId === undefined) return { first: 0, count: this.tails.length };
    return { first: partitionFor(`${environment}/${userId}`, this.tails.length), count: 1 };
  }

  /** Up to where everything has been delivered, by partition from `first`. */
  standing({ first, count }: { first: number; count: number }): Position[] {
    return this.tails.slice(first, first + count).map(({ position }) => position);
  }

  /**
   * From now on the follower gets what stands at the seat's `from` or later. What stands before is its own to read:
   * it is all committed. `atLeast`: positions that another process was ahead of this one with.
   */
  attach(follower: Follower, atLeast: readonly Position[] = []): Seat {
    const { first, count } = this.partitionsOf(follower.audience);
    const tails = this.tails.slice(first, first + count);
    const from = tails.map(({ entrance }, at) => Math.max(entrance, atLeast[at] ?? 0));
    const seat: Seat = { follower, first, from, settled: false };
    for (const { seats } of tails) seats.add(seat);
    return seat;
  }

  detach(seat: Seat): void {
    for (const { seats } of this.tails.slice(seat.first, seat.first + seat.from.length)) seats.remove(seat);
  }

  /** Nobody follows anything here. */
  get idle(): boolean {
    return this.tails.every(({ seats }) => seats.empty);
  }

  close(): void {
    this.closing.abort(new HubClosed());
  }

  private readonly source: TailSource = {
    read: (partition, from, to, audiences) =>
      readForAudiences(this.around.postgres, { partition, from, to }, audiences, PAGE),
    standing: ({ first, from }) => this.standing({ first, count: from.length }),
    persist: (work) => this.persist(work),
  };

  private async persist<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.closing;
    for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
      try {
        return await work();
      } catch (err) {
        signal.throwIfAborted();
        this.around.logger.warn({ err }, `the view of activities cannot be read; trying again in ${wait} ms`);
        await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }
}
