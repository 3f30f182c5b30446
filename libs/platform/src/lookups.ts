import { setImmediate as turn } from 'node:timers/promises';

interface Waiting<Key, Value> {
  readonly key: Key;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

// Bounds the size of a statement.
const MOST_AT_ONCE = 10_000;
// A slower statement may never be answered, and must not block all other lookups.
const SLOW_MS = 250;
const MOST_RUNNING = 4;

/**
 * Batches lookups: one statement for all keys asked for in a turn of the event loop, or while the statement before runs. A
 * single lookup is not delayed, and many at a time cost little more than one.
 */
export class Lookups<Key, Value> {
  private readonly waiting: Waiting<Key, Value>[] = [];
  private running = 0;
  private begunAt = 0;

  /** `load` finds a value for each key, in their order. */
  constructor(private readonly load: (keys: readonly Key[]) => Promise<Value[]>) {}

  find(key: Key): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    this.waiting.push({ key, resolve, reject });
    if (this.running === 0 || (this.running < MOST_RUNNING && performance.now() - this.begunAt > SLOW_MS)) {
      void this.run();
    }
    return promise;
  }

  private async run(): Promise<void> {
    this.running += 1;
    while (this.waiting.length > 0) {
      // What else is asked in this turn of the event loop goes along.
      this.begunAt = performance.now();
      await turn();
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        const values = await this.load(batch.map(({ key }) => key));
        for (const [index, { resolve }] of batch.entries()) resolve(values[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running -= 1;
  }
}
