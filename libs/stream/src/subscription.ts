import { type Position } from '#event-sourcing';
import { type Page, type Range, type Wanted } from './activity-rows.js';
import { type Audience } from './audience.js';
import { type Connection } from './connection.js';
import { type Format, type Reset } from './formats.js';
import { type Follower, type Message, type Seat, slices } from './hub/seats.js';
import { type StreamHub } from './hub/stream-hub.js';
import { newSalt, type Positions } from './positions.js';

/** Where a stream begins: behind `from`, or at what comes from now on. */
export interface Start {
  readonly from?: readonly Position[];
  /** `from` as the client named it. */
  readonly named?: string;
  /** Milliseconds since the epoch: what the log took before is left out of the past. */
  readonly since?: number;
  /** Why it is not where the client wanted. */
  readonly reset?: Reset['reason'];
}

/** What a subscription writes to. */
export type Outlet = Pick<Connection, 'isOpen' | 'isFull' | 'write' | 'drained'>;

export type ReadPast = (range: Range, wanted: Wanted) => Promise<Page>;

// What is kept of the present for a client that still reads the past. Where it is not enough, that was the past too.
const BACKLOG_BYTES = 256 * 1024;

/**
 * One client's stream. It takes its seat in the hub first and reads the past up to there afterwards, at the client's
 * pace, while the present is kept: so nothing is missing in between and nothing comes twice. A client that falls behind
 * the present reads it as the past.
 */
export class Subscription implements Follower {
  readonly audience: Audience;
  readonly types?: ReadonlySet<string>;
  readonly format: Format;
  readonly positions: Positions;
  private seat: Seat;
  private backlog: Buffer[] = [];
  private backlogBytes = 0;
  /** What it is doing outside of the hub's calls; never rejects. */
  private work: Promise<void> = Promise.resolve();
  private state: 'catching up' | 'overrun' | 'live' = 'catching up';

  constructor(
    wanted: Omit<Wanted, 'since'>,
    text: { format: Format; positions: Positions },
    private readonly start: Start,
    private readonly hub: StreamHub,
    private readonly connection: Outlet,
    private readonly source: { readPast: ReadPast; failed: (error: unknown) => void },
  ) {
    this.audience = wanted.audience;
    this.types = wanted.types;
    this.format = text.format;
    this.positions = text.positions;
    this.seat = hub.attach(this, start.from);
  }

  /** What the client is told first. */
  opening(): string {
    const { reset, from = this.seat.from, named } = this.start;
    const position = named ?? this.positions.format({ first: this.seat.first, positions: from });
    const opening = this.format.opening(position);
    return reset ? opening + this.format.reset({ reason: reset, resumedFrom: position }) : opening;
  }

  /** Goes on behind the opening. `failed` is told when the past cannot be read: the stream must end then. */
  begin(): void {
    this.work = this.catchUp(this.start.from ?? this.seat.from).catch(this.source.failed);
  }

  deliver(chunk: Buffer, behind: () => Position[]): void {
    if (this.state === 'live') this.deliverLive(chunk, behind);
    else this.keep(chunk);
  }

  /** Once it has left and its connection is closed: resolves when it reads nothing any more. */
  idle(): Promise<void> {
    return this.work;
  }

  leave(): void {
    this.hub.detach(this.seat);
    this.backlog = [];
    this.backlogBytes = 0;
  }

  private deliverLive(chunk: Buffer, behind: () => Position[]): void {
    this.connection.write(chunk);
    if (!this.connection.isFull) return;
    this.leave();
    this.state = 'overrun';
    const reached = behind();
    this.work = this.connection
      .drained()
      .then(() => this.rejoin(reached))
      .catch(this.source.failed);
  }

  private keep(chunk: Buffer): void {
    this.backlog.push(chunk);
    this.backlogBytes += chunk.length;
    if (this.backlogBytes <= BACKLOG_BYTES) return;
    this.leave();
    this.state = 'overrun';
  }

  private async catchUp(from: readonly Position[]): Promise<void> {
    await this.sendPast(from, this.seat.from);
    while (this.state === 'overrun' && this.connection.isOpen) {
      const reached = this.seat.from;
      this.sit(reached);
      await this.sendPast(reached, this.seat.from);
    }
    this.goLive();
  }

  private async rejoin(reached: readonly Position[]): Promise<void> {
    if (!this.connection.isOpen) return;
    this.sit(reached);
    await this.catchUp(reached);
  }

  private sit(reached: readonly Position[]): void {
    this.state = 'catching up';
    this.seat = this.hub.attach(this, reached);
  }

  private goLive(): void {
    this.state = 'live';
    const kept = Buffer.concat(this.backlog);
    this.backlog = [];
    if (kept.length > 0) this.connection.write(kept);
  }

  private async sendPast(from: readonly Position[], to: readonly Position[]): Promise<void> {
    const standing = [...from];
    for (const [at, end] of to.entries()) {
      while (standing[at]! < end && this.connection.isOpen) {
        const range = { partition: this.seat.first + at, from: standing[at]!, to: end };
        const { messages, next } = await this.source.readPast(range, { ...this, since: this.start.since });
        await this.send(messages, range.partition, standing);
        standing[at] = next;
      }
    }
  }

  private async send(messages: readonly Message[], partition: number, positions: readonly Position[]): Promise<void> {
    const positionOf = this.positions.formatter({ first: this.seat.first, positions }, partition, newSalt());
    for (const slice of slices(messages)) {
      const texts = slice.map(({ position, json }) => this.format.activity(positionOf(position + 1), json));
      this.connection.write(texts.join(''));
      await this.connection.drained();
    }
  }
}
