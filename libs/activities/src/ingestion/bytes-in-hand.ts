import { Problem } from '#platform';

/** The share of one request in what a process may have in hand. */
export interface Share {
  /** Gives back what was taken beyond `bytes`. */
  shrink(bytes: number): void;
  /** Gives back all of it; a second time changes nothing. */
  release(): void;
}

/**
 * How many bytes of requests a process has in hand, with an upper bound: more are turned away, not queued. An environment
 * may have as many as are left: one alone takes half of the room, and whoever comes finds as much as the busiest has.
 */
export class BytesInHand {
  private inHand = 0;
  private readonly byEnvironment = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Throws `overloaded` at once where there is no room. */
  take(environment: string, bytes: number): Share {
    const own = this.byEnvironment.get(environment) ?? 0;
    if (own + bytes > this.limit - this.inHand) {
      throw new Problem('overloaded', 'Too many bytes of activities are being taken in at this moment.', {
        headers: { 'retry-after': '1' },
      });
    }
    this.add(environment, bytes);
    let taken = bytes;
    const shrink = (left: number) => {
      if (left >= taken) return;
      this.add(environment, left - taken);
      taken = left;
    };
    return { shrink, release: () => shrink(0) };
  }

  private add(environment: string, bytes: number): void {
    this.inHand += bytes;
    const own = (this.byEnvironment.get(environment) ?? 0) + bytes;
    if (own > 0) this.byEnvironment.set(environment, own);
    else this.byEnvironment.delete(environment);
  }
}
