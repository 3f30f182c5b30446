import { type Position } from '#event-sourcing';
import { type PublishedMessage } from '#activities';
import { type Registration, PartitionSubscribers, slices } from './subscribers.js';

/** What a tail needs from its hub. */
export interface TailSource {
  /** The next messages for these targets within [from, to), in order, and the position behind what was looked at. */
  read(
    partition: number,
    from: Position,
    to: Position,
    targets: ReturnType<PartitionSubscribers['targets']>,
  ): Promise<{ messages: PublishedMessage[]; next: Position }>;
  deliveredPositions(registration: Registration): readonly Position[];
  /** Retries with backoff until it works; rejects only with `HubClosed`. */
  persist<T>(work: () => Promise<T>): Promise<T>;
}

/** The process is about to end: nothing more is delivered. */
export class HubClosed extends Error {
  override readonly name = 'HubClosed';
}

/**
 * The live end of one partition of the view: when the checkpoint has moved, it reads the new rows and delivers them
 * to the subscribers. One read at a time keeps messages in the order of the log.
 */
export class PartitionTail {
  readonly subscribers = new PartitionSubscribers();
  private checkpoint: Position;
  private reading: Position;
  private delivered: Position;
  private pumping = false;

  constructor(
    private readonly partition: number,
    private readonly source: TailSource,
    start: Position,
  ) {
    this.checkpoint = this.reading = this.delivered = start;
  }

  /** Everything before this position has been delivered. */
  get position(): Position {
    return this.delivered;
  }

  /** Where new subscribers start: everything before is committed, and delivered or being read for those already here. */
  get joinPosition(): Position {
    return this.reading;
  }

  /** The checkpoint has moved; one that is not ahead is ignored. */
  advance(checkpoint: Position): void {
    if (checkpoint <= this.checkpoint) return;
    this.checkpoint = checkpoint;
    if (!this.pumping) void this.pump();
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      while (this.delivered < this.checkpoint) {
        this.reading = this.checkpoint;
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
      if (this.subscribers.empty) {
        this.delivered = end;
        return;
      }
      const { messages, next } = await this.source.persist(() =>
        this.source.read(this.partition, this.delivered, end, this.subscribers.targets()),
      );
      await this.deliver(messages);
      this.delivered = next;
    }
  }

  private async deliver(messages: readonly PublishedMessage[]): Promise<void> {
    for (const [at, slice] of slices(messages).entries()) {
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      this.subscribers.deliver(this.partition, slice, (registration) => this.source.deliveredPositions(registration));
      this.delivered = (slice.at(-1)?.position ?? 0) + 1;
    }
  }
}
