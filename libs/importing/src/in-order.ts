/** Passes on what work comes to in the order in which it was begun, however long each takes. No library bounds the gap. */
export class InOrder<Result> {
  /** Of what has been begun, oldest first: resolves when the result was passed on. */
  private readonly passed: Promise<void>[] = [];

  /** About `width` results at most are kept while one before them is still to come. */
  constructor(
    private readonly width: number,
    private readonly pass: (result: Result) => void,
  ) {}

  /** Begins as soon as there is room, and resolves when the work is done. Rejects where it fails, or work before it has. */
  async run(work: () => Promise<Result>): Promise<void> {
    if (this.passed.length >= this.width) await this.passed[0];
    const result = work();
    const passed = Promise.all([result, this.passed.at(-1)]).then(([result]) => {
      void this.passed.shift();
      this.pass(result);
    });
    // Whoever asked for the work is told.
    passed.catch(() => undefined);
    this.passed.push(passed);
    await result;
  }

  /** Resolves when all results have been passed on. */
  async end(): Promise<void> {
    await this.passed.at(-1);
  }
}
