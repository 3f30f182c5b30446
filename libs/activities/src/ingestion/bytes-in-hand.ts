import { Problem } from '#platform';

/** The share of one request in what a process may have in hand. */
export interface Share {
  /** Gives back what was taken beyond `bytes`. */
  shrink(bytes: number): void;
  /** Gives back all of it; a second time changes nothing. */
  release(): void;
}

/** How many bytes of requests a process has in hand, with an upper bound: more are turned away, not queued. */
export class BytesInHand {
  private inHand = 0;

  constructor(private readonly limit: number) {}

  /** Throws `overloaded` at once where there is no room. */
  take(bytes: number): Share {
    if (this.inHand + bytes > this.limit) {
      throw new Problem('overloaded', 'Too many bytes of activities are being taken in at this moment.', {
        headers: { 'retry-after': '1' },
      });
    }
    this.inHand += bytes;
    let taken = bytes;
    const shrink = (left: number) => {
      if (left >= taken) return;
      this.inHand -= taken - left;
      taken = left;
    };
    return { shrink, release: () => shrink(0) };
  }
}
