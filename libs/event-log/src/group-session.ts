import { type Extents, type LogRecord, type Position, StartAgain, type Subscription } from '#event-sourcing';
import { type Consumer, type EachBatchPayload, type Kafka, type LogEntry } from 'kafkajs';
import { CONNECT_TIMEOUT_MS, kafkaClient, type KafkaOptions } from './kafka-client.js';
import { Lease } from './lease.js';
import { asMembershipLost, MembershipLost } from './kafka-errors.js';
import { assertInside, recordsOf } from './records.js';
import { Sockets } from './sockets.js';
import { isSettledWithin, within } from '#platform';

/** The broker holds the partitions of a killed member for that long. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 1_500;
/** How long the others wait for a member that is busy when the group changes. */
const REBALANCE_TIMEOUT_MS = 30_000;
/** Longer than kafkajs itself waits for the others of a group to come along. */
const JOIN_TIMEOUT_MS = REBALANCE_TIMEOUT_MS + 30_000;
/** The longest wait for a join to end when stopping. */
const LEAVE_TIMEOUT_MS = 10_000;
const CONCURRENT_PARTITIONS = 4;
/** After so long an apply no longer holds up the other partitions. */
const APPLY_PATIENCE_MS = 1_000;

/** What is known of this member's partitions until the group changes. */
interface Generation {
  /** The next position of each partition; none while records are being applied, or after an apply was aborted. */
  readonly positions: Map<number, Position>;
  located: Promise<void>;
}

export interface SessionOptions {
  readonly subscription: Subscription;
  readonly kafka: KafkaOptions;
  readonly extents: (topic: string) => Promise<Extents>;
  /** The group was joined, and the positions of what was assigned are known. */
  readonly onJoined: () => void;
}

/**
 * One membership of a group, from joining it to leaving or losing it. Positions come from `startAt` alone; kafkajs is
 * told where to read, and what it delivers is checked, since it begins at the start of a topic when in doubt.
 */
export class GroupSession {
  /** Resolves after `stop`; rejects with `MembershipLost` when another session may help, else with the reason. */
  get ended(): Promise<void> {
    return this.settled.promise;
  }
  private readonly topic: string;
  private readonly sockets: Sockets;
  private readonly consumer: Consumer;
  private readonly running = new Set<Promise<void>>();
  /** The latest apply of each partition, as long as it runs or longer. */
  private readonly applying = new Map<number, Promise<void>>();
  private readonly started: Promise<void>;
  private generation: Generation | undefined;
  private stopping = false;
  private left: Promise<void> | undefined;
  private readonly settled = Promise.withResolvers<void>();

  constructor(private readonly options: SessionOptions) {
    this.topic = options.subscription.topic;
    this.sockets = new Sockets(options.kafka.socketFactory);
    const kafka = { ...options.kafka, socketFactory: this.sockets.factory };
    this.consumer = newConsumer(
      kafkaClient(kafka, {}, (entry) => this.onLog(entry)),
      options.subscription.group,
    );
    this.started = this.start().catch((error: unknown) => this.end(asMembershipLost(error)));
  }

  /** Waits for the running applies, then leaves the group. */
  stop(): Promise<void> {
    this.stopping = true;
    this.settled.resolve();
    return (this.left ??= this.leave());
  }

  private async start(): Promise<void> {
    const { consumer, topic } = this;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.onJoin(payload.memberAssignment[topic] ?? []));
    consumer.on(consumer.events.CRASH, ({ payload }) => this.end(asMembershipLost(payload.error)));
    await this.options.extents(topic);
    await within(CONNECT_TIMEOUT_MS, consumer.connect());
    await within(CONNECT_TIMEOUT_MS, consumer.subscribe({ topic, fromBeginning: true }));
    const joining = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: (payload) => this.onBatch(payload),
    });
    await within(JOIN_TIMEOUT_MS, joining);
  }

  private async leave(): Promise<void> {
    // kafkajs forgets a consumer that is stopped while it joins, which then stays in the group for good: with a share of the
    // partitions, and nobody who applies them.
    if (!(await isSettledWithin(LEAVE_TIMEOUT_MS, this.started)))
      this.sockets.close(new Error('stopped while it waits to join'));
    await Promise.allSettled(this.running);
    // The broker drops a member that did not leave.
    await this.sockets.disconnect(this.consumer);
  }

  private end(reason: unknown): void {
    this.stopping = true;
    this.settled.reject(reason);
  }

  private onJoin(partitions: number[]): void {
    const generation: Generation = { positions: new Map(), located: Promise.resolve() };
    this.generation = generation;
    // Until it is known where, or kafkajs reads megabytes of the topic's start to throw them away.
    if (partitions.length > 0) this.consumer.pause([{ topic: this.topic, partitions }]);
    generation.located = this.locate(generation, partitions).then(
      () => this.options.onJoined(),
      (error: unknown) => this.end(error),
    );
  }

  /** Finds the positions of these partitions and seeks kafkajs to them. */
  private async locate(generation: Generation, partitions: number[]): Promise<void> {
    if (partitions.length === 0) return;
    const positions = await this.options.subscription.startAt(partitions);
    const extents = await this.extents();
    if (!this.isCurrent(generation)) return;
    for (const partition of partitions) {
      const position = assertInside(this.topic, partition, positions.get(partition), extents.get(partition));
      generation.positions.set(partition, position);
    }
    this.readFrom(generation, partitions);
  }

  private async extents(): Promise<Extents> {
    try {
      return await this.options.extents(this.topic);
    } catch (error) {
      throw asMembershipLost(error);
    }
  }

  private readFrom({ positions }: Generation, partitions: number[]): void {
    const { consumer, topic } = this;
    try {
      for (const partition of partitions) consumer.seek({ topic, partition, offset: String(positions.get(partition)) });
      consumer.resume([{ topic, partitions }]);
    } catch (error) {
      // kafkajs left the group meanwhile, which is told elsewhere too.
      throw new MembershipLost(error);
    }
  }

  private isCurrent(generation: Generation): boolean {
    return this.generation === generation && !this.stopping;
  }

  /** Throws only what the heartbeat threw, on which kafkajs rejoins; other errors would be handled by kafkajs in its own way. */
  private async onBatch(payload: EachBatchPayload): Promise<void> {
    const { generation } = this;
    if (!generation || this.stopping) return;
    const owned = () => this.isCurrent(generation) && payload.isRunning() && !payload.isStale();
    const lease = new Lease(() => payload.heartbeat(), owned);
    const taking = this.track(this.take(generation, payload, lease));
    if (await isSettledWithin(APPLY_PATIENCE_MS, taking)) return lease.end();
    this.setAside(generation, payload.batch.partition, taking, lease);
  }

  /** Ends the session when the work fails, and keeps the session from leaving the group before it is done. */
  private track(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((error: unknown) => this.end(error))
      .finally(() => {
        this.running.delete(tracked);
      });
    this.running.add(tracked);
    return tracked;
  }

  /** kafkajs fetches nothing before everything it fetched is applied: a slow partition is paused so that it does not hold up the others. */
  private setAside(generation: Generation, partition: number, taking: Promise<void>, lease: Lease): void {
    this.consumer.pause([{ topic: this.topic, partitions: [partition] }]);
    const goOn = async () => {
      await taking;
      lease.release();
      if (!this.isCurrent(generation)) return;
      if (generation.positions.has(partition)) this.readFrom(generation, [partition]);
      else await this.locate(generation, [partition]);
    };
    void this.track(goOn());
  }

  private async take(generation: Generation, payload: EachBatchPayload, lease: Lease): Promise<void> {
    const { partition } = payload.batch;
    await generation.located;
    // One that was set aside may still run when the group has changed since.
    await this.applying.get(partition);
    if (!lease.isHeld()) return;
    const position = generation.positions.get(partition);
    if (position === undefined) return this.locate(generation, [partition]);
    const records = recordsOf(payload.batch, position);
    if (records[0]?.offset !== position) return this.realign(generation, partition, position);
    await this.apply(generation, payload, records, lease);
  }

  private async apply(
    generation: Generation,
    payload: EachBatchPayload,
    records: LogRecord[],
    lease: Lease,
  ): Promise<void> {
    const { partition } = payload.batch;
    generation.positions.delete(partition);
    const applying = this.options.subscription.apply(partition, records, () => lease.isHeld());
    this.applying.set(
      partition,
      applying.catch(() => undefined),
    );
    try {
      await applying;
    } catch (error) {
      if (!(error instanceof StartAgain)) throw error;
      if (lease.isHeld()) await this.locate(generation, [partition]);
      return;
    }
    // It may have broken off anywhere, so where to go on is asked anew.
    if (!lease.isHeld()) return;
    const last = Number(payload.batch.lastOffset());
    generation.positions.set(partition, last + 1);
    payload.resolveOffset(String(last));
  }

  /** kafkajs delivered another record than the next one: the log has lost records, or kafkajs reads from elsewhere. */
  private async realign(generation: Generation, partition: number, position: Position): Promise<void> {
    const extents = await this.extents();
    assertInside(this.topic, partition, position, extents.get(partition));
    if (this.isCurrent(generation)) this.readFrom(generation, [partition]);
  }

  /** kafkajs only logs that a position is out of range, and then starts at the beginning of the topic. */
  private onLog({ log }: LogEntry): void {
    const { generation } = this;
    const partition = Number(log['partition']);
    const position = generation?.positions.get(partition);
    if (!log.message.startsWith('Offset out of range') || !generation || position === undefined) return;
    this.realign(generation, partition, position).catch((error: unknown) => this.end(error));
  }
}

function newConsumer(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    // As stored, so several times that when it is read: records of a whole fetch are in memory at once.
    maxBytesPerPartition: 256 * 1024,
    maxBytes: 4 * 1024 * 1024,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    // A consumer that crashed is left to us: kafkajs's own restart cannot be stopped while it joins.
    retry: { retries: 5, initialRetryTime: 200, restartOnFailure: () => Promise.resolve(false) },
  });
}
