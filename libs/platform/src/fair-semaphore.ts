import { Problem } from './problems.js';

/**
 * Runs `width` pieces of work at a time, no more than `share` of them of one group; groups that wait take turns, each in
 * the order of arrival. What has not begun after `patienceMs` never does: its `run` throws `overloaded`. Not p-limit, which
 * knows no groups.
 */
export class FairSemaphore {
  /** By group; the one that is first has its turn next. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly running = new Map<string, number>();

  constructor(
    private width: number,
    private readonly share: number,
    private readonly patienceMs?: number,
  ) {}

  async run<T>(group: string, work: () => Promise<T>): Promise<T> {
    if (this.hasRoom(group)) this.begin(group);
    else await this.turnOf(group);
    try {
      return await work();
    } finally {
      this.end(group);
    }
  }

  private hasRoom(group: string): boolean {
    return this.width > 0 && (this.running.get(group) ?? 0) < this.share;
  }

  private turnOf(group: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const line = this.waiting.get(group) ?? [];
    line.push(resolve);
    this.waiting.set(group, line);
    if (this.patienceMs === undefined) return promise;
    const leave = () => {
      this.leave(group, resolve);
      reject(new Problem('overloaded', 'Too much is being read at this moment.', { headers: { 'retry-after': '5' } }));
    };
    const late = setTimeout(leave, this.patienceMs).unref();
    return promise.finally(() => clearTimeout(late));
  }

  private leave(group: string, begin: () => void): void {
    const line = this.waiting.get(group)!.filter((waiting) => waiting !== begin);
    if (line.length > 0) this.waiting.set(group, line);
    else this.waiting.delete(group);
  }

  private begin(group: string): void {
    this.width -= 1;
    this.running.set(group, (this.running.get(group) ?? 0) + 1);
  }

  /** What ends makes room for one at most: more would have begun before. */
  private end(group: string): void {
    this.width += 1;
    const left = (this.running.get(group) ?? 0) - 1;
    if (left > 0) this.running.set(group, left);
    else this.running.delete(group);
    const next = [...this.waiting.keys()].find((waiting) => this.hasRoom(waiting));
    if (next !== undefined) this.beginFirst(next);
  }

  private beginFirst(group: string): void {
    const line = this.waiting.get(group)!;
    const begin = line.shift();
    // Back at the end of the round.
    this.waiting.delete(group);
    if (line.length > 0) this.waiting.set(group, line);
    this.begin(group);
    begin?.();
  }
}
