import { type Position } from '#event-sourcing';
import {
  type ActivityOwner,
  type MessagePage,
  newSalt,
  type PartitionRange,
  type Positions,
  type PublishedMessage,
  type WantedActivities,
} from '#activities';
import { type Connection } from './connection.js';
import { type Format, type Reset } from './formats.js';
import { type Chunk } from './hub/chunk.js';
import { type Subscriber, type Registration, slices } from './hub/subscribers.js';
import { type StreamHub } from './hub/stream-hub.js';
import { behindStreams, delivered } from './stream-metrics.js';

/** Where a stream begins: behind `from`, or at what comes from now on. */
export interface Start {
  readonly from?: readonly Position[];
  /** `from` as the client named it. */
  readonly named?: string;
  /** Milliseconds since the epoch: what the log took before is left out. */
  readonly since?: number;
  /** Why it is not where the client wanted. */
  readonly reset?: Reset['reason'];
}

/** What a subscription writes to. */
export type StreamOutput = Pick<Connection, 'isOpen' | 'isFull' | 'write' | 'send' | 'drained' | 'end'>;

/** What all subscriptions of a process share. */
export interface Source {
  readonly hub: StreamHub;
  /** For a client that is there: nothing is read for one that is gone. */
  readPast(range: PartitionRange, wanted: WantedActivities, client: StreamOutput): Promise<MessagePage>;
  /** Called when the past cannot be read; must end the stream. */
  failed(error: unknown, client: StreamOutput): void;
}

// Buffer for new messages while a client still reads the past; when it is full, the messages are read from the view instead.
const BACKLOG_BYTES = 256 * 1024;

/**
 * One client's stream. It first registers with the hub and then reads the past up to that point, at the client's
 * pace, while new messages are buffered: so nothing is missing and nothing comes twice. A client that falls behind
 * reads again from the view.
 */
export class Subscription implements Subscriber {
  readonly target: ActivityOwner;
  readonly types?: ReadonlySet<string>;
  readonly since?: number;
  readonly format: Format;
  readonly positions: Positions;
  private registration: Registration;
  private backlog: Chunk[] | undefined;
  private backlogBytes = 0;
  /** Its work outside of calls from the hub; never rejects. */
  private work: Promise<void> = Promise.resolve();
  private state: 'catching up' | 'overrun' | 'live' | 'left' = 'live';

  constructor(
    { target, types, format, positions }: Omit<Subscriber, 'deliver'>,
    private readonly start: Start,
    private readonly connection: StreamOutput,
    private readonly source: Source,
  ) {
    this.target = target;
    this.types = types;
    this.since = start.since;
    this.format = format;
    this.positions = positions;
    this.become('catching up');
    this.registration = source.hub.attach(this, start.from);
  }

  /** What the client is told first. */
  opening(): string {
    const { reset, from = this.registration.from, named } = this.start;
    const position = named ?? this.positions.format({ first: this.registration.first, positions: from });
    const opening = this.format.opening(position);
    return reset ? opening + this.format.reset({ reason: reset, resumedFrom: position }) : opening;
  }

  /** Continues after the opening. */
  begin(): void {
    this.work = this.catchUp(this.start.from ?? this.registration.from).catch((error) => this.failed(error));
  }

  deliver(chunk: Chunk, behind: () => Position[]): void {
    if (this.state === 'live') this.deliverLive(chunk, behind);
    else this.keep(chunk);
  }

  /** Resolves when it reads nothing any more, once its connection is closed. */
  leave(): Promise<void> {
    this.detach();
    this.become('left');
    return this.work;
  }

  private failed(error: unknown): void {
    this.source.failed(error, this.connection);
  }

  /** What it has left it does not come back to. */
  private become(state: typeof this.state): void {
    if (this.state === 'left') return;
    behindStreams.inc(Number(isBehind(state)) - Number(isBehind(this.state)));
    this.state = state;
  }

  private detach(): void {
    this.source.hub.detach(this.registration);
    this.backlog = undefined;
    this.backlogBytes = 0;
  }

  private deliverLive(chunk: Chunk, behind: () => Position[]): void {
    this.connection.send(chunk);
    delivered.inc(chunk.activities);
    if (!this.connection.isFull) return;
    this.detach();
    this.become('overrun');
    const reached = behind();
    this.work = this.connection
      .drained()
      .then(() => this.rejoin(reached))
      .catch((error) => this.failed(error));
  }

  private keep(chunk: Chunk): void {
    (this.backlog ??= []).push(chunk);
    this.backlogBytes += chunk.bytes.length;
    if (this.backlogBytes <= BACKLOG_BYTES) return;
    this.detach();
    this.become('overrun');
  }

  private async catchUp(from: readonly Position[]): Promise<void> {
    await this.sendPast(from, this.registration.from);
    while (this.state === 'overrun' && this.connection.isOpen) {
      const reached = this.registration.from;
      this.reattach(reached);
      await this.sendPast(reached, this.registration.from);
    }
    this.goLive();
  }

  private async rejoin(reached: readonly Position[]): Promise<void> {
    if (!this.connection.isOpen) return;
    this.reattach(reached);
    await this.catchUp(reached);
  }

  private reattach(reached: readonly Position[]): void {
    this.become('catching up');
    this.registration = this.source.hub.attach(this, reached);
  }

  private goLive(): void {
    this.become('live');
    const kept = this.backlog ?? [];
    this.backlog = undefined;
    if (kept.length === 0) return;
    this.connection.write(Buffer.concat(kept.map(({ bytes }) => bytes)));
    delivered.inc(kept.reduce((sum, { activities }) => sum + activities, 0));
  }

  private async sendPast(from: readonly Position[], to: readonly Position[]): Promise<void> {
    const deliveredPositions = [...from];
    for (const [at, end] of to.entries()) {
      while (deliveredPositions[at]! < end && this.connection.isOpen) {
        const range = { partition: this.registration.first + at, from: deliveredPositions[at]!, to: end };
        const { messages, next } = await this.source.readPast(range, this, this.connection);
        await this.send(messages, range.partition, deliveredPositions);
        deliveredPositions[at] = next;
      }
    }
  }

  private async send(
    messages: readonly PublishedMessage[],
    partition: number,
    positions: readonly Position[],
  ): Promise<void> {
    const positionOf = this.positions.formatter({ first: this.registration.first, positions }, partition, newSalt());
    for (const slice of slices(messages)) {
      const texts = slice.map(({ position, json }) => this.format.activity(positionOf(position + 1), json));
      this.connection.write(texts.join(''));
      delivered.inc(slice.length);
      await this.connection.drained();
    }
  }
}

const isBehind = (state: string) => state === 'catching up' || state === 'overrun';
