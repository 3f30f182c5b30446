import { Problem } from '../../problems.js';

/** Bodies and answers that a process has at the same time: what is parsed of bodies takes a few times as much. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The share of one request in what a process may have in hand. */
export interface Share {
  /** Takes so many more; throws `overloaded` at once where there is no room. */
  grow(bytes: number): void;
  /** Takes so many more whether or not there is room: what comes next is then turned away. */
  add(bytes: number): void;
  /** Gives back all of it; a second time changes nothing. */
  release(): void;
}

/**
 * How many bytes of requests and answers a process has in hand, with an upper bound: more are turned away, not queued. An environment
 * may have as many as are left: one alone takes half of the room, and whoever comes finds as much as the busiest has.
 */
export class BytesInHand {
  private inHand = 0;
  private readonly byEnvironment = new Map<string, number>();

  constructor(private readonly limit = MOST_BYTES) {}

  /** A share that holds nothing yet. */
  shareOf(environment: string): Share {
    let taken = 0;
    const add = (bytes: number) => {
      this.add(environment, bytes);
      taken += bytes;
    };
    const grow = (bytes: number) => {
      this.requireRoom(environment, bytes);
      add(bytes);
    };
    const release = () => {
      this.add(environment, -taken);
      taken = 0;
    };
    return { grow, add, release };
  }

  /** Throws `overloaded` where an environment could not have so many more at this moment; takes none. */
  requireRoom(environment: string, bytes: number): void {
    const own = this.byEnvironment.get(environment) ?? 0;
    if (own + bytes <= this.limit - this.inHand) return;
    throw new Problem('overloaded', 'Too many bytes of requests and answers are on their way at this moment.', {
      headers: { 'retry-after': '1' },
    });
  }

  private add(environment: string, bytes: number): void {
    this.inHand += bytes;
    const own = (this.byEnvironment.get(environment) ?? 0) + bytes;
    if (own > 0) this.byEnvironment.set(environment, own);
    else this.byEnvironment.delete(environment);
  }
}
