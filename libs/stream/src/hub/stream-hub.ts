import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import pMemoize from 'p-memoize';
import { partitionFor } from '#event-log';
import { type Position } from '#event-sourcing';
import { LOGGER, type Logger, Namespace, Notifications, Postgres, retry } from '#platform';
import { readCheckpoints } from '#projections';
import { type ActivityOwner, readForTargets } from '#activities';
import { HubClosed, PartitionTail, type TailSource } from './partition-tail.js';
import { type Subscriber, type Registration } from './subscribers.js';

const FOLD = 'activities';
const PAGE = 500;

/**
 * The live end of the view of activities, for all streams of a process. It reads what the projector has committed,
 * never the log: so a stream shows what has been counted, once, and nothing before its checkpoint. Announcements of
 * commits drive it; no timer stands between a commit and a delivery.
 */
@Injectable()
export class StreamHub implements BeforeApplicationShutdown {
  private tails: readonly PartitionTail[] = [];
  private readonly closing = new AbortController();
  /** Asked for and not begun. */
  private nextLook: Promise<Map<number, Position>> | undefined;
  private lastLook: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly postgres: Postgres,
    private readonly notifications: Notifications,
    private readonly namespace: Namespace,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Resolves when the hub knows the checkpoints of the view. Rejects when the view is not there or Postgres is down. */
  readonly ready = pMemoize(() => this.start());

  private async start(): Promise<void> {
    const checkpoints = await this.checkpoints();
    this.tails = Array.from(
      { length: checkpoints.size },
      (_, partition) => new PartitionTail(partition, this.source, checkpoints.get(partition) ?? 0),
    );
    await this.listen();
    // For what was committed between reading the checkpoints and listening.
    await this.look();
  }

  /** Once, however often the hub has to be started. */
  private readonly listen = pMemoize(() =>
    this.notifications.listen(
      this.namespace.views(FOLD),
      (payload) => this.heard(payload),
      () => void this.persist(() => this.look()).catch(() => undefined),
    ),
  );

  private heard(payload: string): void {
    const [partition = NaN, position = NaN] = payload.split(':').map(Number);
    this.tails[partition]?.advance(position);
  }

  /**
   * Reads and returns the checkpoints, as after a time without notifications. One look at a time: whoever asks during one
   * shares the next, so that the clients who come back after an outage are one question to Postgres.
   */
  look(): Promise<Map<number, Position>> {
    if (this.nextLook) return this.nextLook;
    const next = this.lastLook.then(() => {
      this.nextLook = undefined;
      return this.readPositions();
    });
    this.lastLook = next.catch(() => undefined);
    return (this.nextLook = next);
  }

  private async readPositions(): Promise<Map<number, Position>> {
    const checkpoints = await this.checkpoints();
    for (const [partition, position] of checkpoints) this.tails[partition]?.advance(position);
    return checkpoints;
  }

  private checkpoints(): Promise<Map<number, Position>> {
    return readCheckpoints(this.postgres, { name: FOLD });
  }

  /** The partitions whose records are about a target: consecutive, beginning at `first`. */
  partitionsOf({ environment, userId }: ActivityOwner): { first: number; count: number } {
    if (userId === undefined) return { first: 0, count: this.tails.length };
    return { first: partitionFor(`${environment}/${userId}`, this.tails.length), count: 1 };
  }

  /** The positions up to which everything has been delivered, by partition from `first`. */
  deliveredPositions({ first, count }: { first: number; count: number }): Position[] {
    return this.tails.slice(first, first + count).map(({ position }) => position);
  }

  /**
   * From now on the subscriber receives what is at the registration's `from` or later. It reads what is before that
   * itself: all of it is committed. `atLeast`: positions at which another process was ahead of this one.
   */
  attach(subscriber: Subscriber, atLeast: readonly Position[] = []): Registration {
    const { first, count } = this.partitionsOf(subscriber.target);
    const tails = this.tails.slice(first, first + count);
    const from = tails.map(({ joinPosition }, at) => Math.max(joinPosition, atLeast[at] ?? 0));
    const registration: Registration = { subscriber, first, from, settled: false };
    for (const { subscribers } of tails) subscribers.add(registration);
    return registration;
  }

  detach(registration: Registration): void {
    for (const { subscribers } of this.tails.slice(registration.first, registration.first + registration.from.length))
      subscribers.remove(registration);
  }

  /** True without any subscriber. */
  get idle(): boolean {
    return this.tails.every(({ subscribers }) => subscribers.empty);
  }

  beforeApplicationShutdown(): void {
    this.closing.abort(new HubClosed());
  }

  private readonly source: TailSource = {
    read: (partition, from, to, targets) =>
      readForTargets(this.postgres.prepared, { partition, from, to }, targets, PAGE),
    deliveredPositions: ({ first, from }) => this.deliveredPositions({ first, count: from.length }),
    persist: (work) => this.persist(work),
  };

  private persist<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.closing;
    const onFailure = (err: unknown, delay: number) =>
      this.logger.warn({ err }, `the view of activities cannot be read; trying again in ${delay} ms`);
    return retry(work, { longestMs: 2_000, onFailure, signal });
  }
}
