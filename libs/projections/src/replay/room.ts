/** What a replay asks of Postgres at most that takes long. */
const MOST = 2;

/**
 * Where the long statements of a replay wait for each other: two go on side by side, or one while others are served, who
 * would have to share the processors with each of them.
 */
export class Room {
  private running = 0;
  private left = Promise.withResolvers<void>();

  constructor(private readonly areOthersServed: () => Promise<boolean>) {}

  async during<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      // Taken before: whoever leaves while it is looked whether there is room has to be noticed.
      const left = this.left.promise;
      if (await this.enter()) break;
      await left;
    }
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.left.resolve();
      this.left = Promise.withResolvers();
    }
  }

  private async enter(): Promise<boolean> {
    if (this.running >= MOST || (this.running > 0 && (await this.areOthersServed()))) return false;
    // Meanwhile others may have come in.
    if (this.running >= MOST) return false;
    this.running += 1;
    return true;
  }
}
