/** Lets `width` pieces of work through at a time, in the order of their coming. */
export class Turnstile {
  private readonly waiting: (() => void)[] = [];

  constructor(private width: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.width > 0) this.width -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.width += 1;
    }
  }
}
