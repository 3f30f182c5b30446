/** Passes on results in the order of their numbers (from 0), whatever order they arrive in. No library bounds the gap. */
export class InOrder<Result> {
  private readonly early = new Map<number, Result>();
  private next = 0;
  private isGivenUp = false;
  private moved = Promise.withResolvers<void>();

  constructor(private readonly pass: (result: Result) => void) {}

  settle(number: number, result: Result): void {
    this.early.set(number, result);
    for (let found = this.early.get(this.next); found !== undefined; found = this.early.get(this.next)) {
      this.early.delete(this.next);
      this.next += 1;
      this.pass(found);
    }
    this.wake();
  }

  /** Ends all waiting, since a result will never come. */
  giveUp(): void {
    this.isGivenUp = true;
    this.wake();
  }

  /** Resolves when fewer than `width` results before this number are still to come. */
  async within(width: number, number: number): Promise<void> {
    while (number - this.next >= width && !this.isGivenUp) await this.moved.promise;
  }

  private wake(): void {
    this.moved.resolve();
    this.moved = Promise.withResolvers<void>();
  }
}
