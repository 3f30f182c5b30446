import { type EventLog, type LogRecord, type Position, type Positions, type Subscription } from '#event-sourcing';
import { type Pace } from './pace.js';

// A partition that goes to another consumer while it waits is let go within this.
const LOOK_EVERY_MS = 100;

/** Up to which position each partition may be read, which can move on. */
export class Bounds {
  private readonly waiting = new Set<() => void>();
  private open = true;

  constructor(
    private positions: Positions,
    /** What the log took later than this (milliseconds since the epoch) is not read at all. */
    private readonly until = Infinity,
  ) {}

  get all(): Positions {
    return this.positions;
  }

  moveTo(positions: Positions): void {
    this.positions = positions;
    this.wake();
  }

  /** Nobody waits for a bound to move any more. */
  close(): void {
    this.open = false;
    this.wake();
  }

  /** How many of the next records of a partition may be read. */
  admits(partition: number, records: readonly LogRecord[]): number {
    const late = records.find(({ time }) => time > this.until);
    if (late) this.positions = new Map(this.positions).set(partition, Math.min(late.offset, this.of(partition)));
    const bound = this.of(partition);
    const end = records.findIndex(({ offset }) => offset >= bound);
    return end < 0 ? records.length : end;
  }

  /** Resolves when a bound has moved, or some time later; false where none will. */
  async change(): Promise<boolean> {
    // A promise of its own: those who give up would be kept for ever by one that is shared and does not settle.
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.add(resolve);
    const timer = setTimeout(resolve, LOOK_EVERY_MS);
    await promise;
    clearTimeout(timer);
    this.waiting.delete(resolve);
    return this.open;
  }

  private of(partition: number): Position {
    return this.positions.get(partition) ?? 0;
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
  }
}

interface Limits {
  readonly bounds: Bounds;
  readonly pace: Pick<Pace, 'run' | 'slice'>;
  /** Whether the records count for how many there may be in a second. */
  readonly capped: boolean;
}

/**
 * The log, of which whoever consumes it gets what stands before the bounds alone, and waits there; in parts, each when it
 * is its time.
 */
export function boundedLog(log: EventLog, limits: Limits): EventLog {
  return { ...log, consume: (subscription) => log.consume(bounded(subscription, limits)) };
}

function bounded(subscription: Subscription, { bounds, pace, capped }: Limits): Subscription {
  return {
    ...subscription,
    apply: async (partition, records, stillOwned) => {
      for (let at = 0; at < records.length && stillOwned();) {
        const next = records.slice(at, at + pace.slice);
        const admitted = bounds.admits(partition, next);
        const apply = () => subscription.apply(partition, next.slice(0, admitted), stillOwned);
        // What only follows the live views does not rest: it would never come to where they are.
        if (admitted > 0) await (capped ? pace.run(apply, admitted) : apply());
        else if (!(await bounds.change())) return;
        at += admitted;
      }
    },
  };
}
