import { type Position } from '#event-sourcing';
import { type Message, type Seat, Seats, slices } from './seats.js';

/** What a tail needs of the hub that it belongs to. */
export interface TailSource {
  /** The next messages for these audiences within [from, to), in order, and the position behind what was looked at. */
  read(
    partition: number,
    from: Position,
    to: Position,
    audiences: ReturnType<Seats['audiences']>,
  ): Promise<{ messages: Message[]; next: Position }>;
  standing(seat: Seat): readonly Position[];
  /** Calls again, ever more slowly, until it works; rejects with `HubClosed` alone. */
  persist<T>(work: () => Promise<T>): Promise<T>;
}

/** The process is about to end: nothing more is delivered. */
export class HubClosed extends Error {
  override readonly name = 'HubClosed';
}

/**
 * The live end of one partition of the view: whenever the checkpoint has moved, reads what came since and hands it to
 * those who follow. One read at a time, so messages leave in the order of the log.
 */
export class PartitionTail {
  readonly seats = new Seats();
  private target: Position;
  private reading: Position;
  private delivered: Position;
  private pumping = false;

  constructor(
    private readonly partition: number,
    private readonly source: TailSource,
    start: Position,
  ) {
    this.target = this.reading = this.delivered = start;
  }

  /** Everything before has been delivered to the seats that it was for. */
  get position(): Position {
    return this.delivered;
  }

  /** Everything before is committed and delivered, or being read for those who sit here already: newcomers begin here. */
  get entrance(): Position {
    return this.reading;
  }

  /** The checkpoint has moved. One that is not ahead is old news. */
  advance(checkpoint: Position): void {
    if (checkpoint <= this.target) return;
    this.target = checkpoint;
    if (!this.pumping) void this.pump();
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      while (this.delivered < this.target) {
        this.reading = this.target;
        await this.deliverUpTo(this.reading);
      }
    } catch (error) {
      if (!(error instanceof HubClosed)) throw error;
    } finally {
      this.pumping = false;
    }
  }

  private async deliverUpTo(end: Position): Promise<void> {
    while (this.delivered < end) {
      if (this.seats.empty) {
        this.delivered = end;
        return;
      }
      const { messages, next } = await this.source.persist(() =>
        this.source.read(this.partition, this.delivered, end, this.seats.audiences()),
      );
      await this.deliver(messages);
      this.delivered = next;
    }
  }

  private async deliver(messages: readonly Message[]): Promise<void> {
    for (const [at, slice] of slices(messages).entries()) {
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      this.seats.deliver(this.partition, slice, (seat) => this.source.standing(seat));
      this.delivered = (slice.at(-1)?.position ?? 0) + 1;
    }
  }
}
