/** The most long statements of a replay at a time. */
const MOST = 2;

/**
 * Limits the long statements of a replay: two at a time, or one while the service is busy, with which they share the
 * processors. Not p-limit, whose limit cannot depend on a query.
 */
export class ConcurrencyLimit {
  private running = 0;
  private left = Promise.withResolvers<void>();

  constructor(private readonly isServiceBusy: () => Promise<boolean>) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      // Taken before `enter`, which awaits a query, so that a statement that ends meanwhile is noticed.
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
    if (this.running >= MOST || (this.running > 0 && (await this.isServiceBusy()))) return false;
    // Others may have started during the query.
    if (this.running >= MOST) return false;
    this.running += 1;
    return true;
  }
}
