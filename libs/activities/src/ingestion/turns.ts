/** The most that one turn of the event loop begins: a few milliseconds of work, after which other requests are served. */
const ITEMS_A_TURN = 512;
const BYTES_A_TURN = 256 * 1024;
/** The most that is on its way into the log, in bytes. The rest waits as the bytes it came in. */
const MAX_AT_LOG = 2 * 1024 * 1024;

/** A part of a request that is checked and appended in one go. */
export interface Work {
  readonly items: number;
  readonly bytes: number;
}

const A_TURN: Work = { items: ITEMS_A_TURN, bytes: BYTES_A_TURN };

interface Waiting {
  readonly work: Work;
  begin(): void;
}

/**
 * Decides whose work is next: environments take turns, one piece of work each, however much the others have waiting. No more
 * is begun than the log takes, and no more in one turn of the event loop than a few milliseconds of work.
 */
export class Turns {
  /** By environment; the first one has the next turn. */
  private readonly waiting = new Map<string, Waiting[]>();
  private left: Work = A_TURN;
  private atLog = 0;
  private scheduled = false;

  /** Resolves when the work may begin. Call `end` with the same work when the log has it, or does not take it. */
  begin(environment: string, work: Work): Promise<void> {
    if (this.waiting.size === 0 && this.hasRoom(work)) {
      this.take(work);
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const line = this.waiting.get(environment) ?? [];
    line.push({ work, begin: resolve });
    this.waiting.set(environment, line);
    return promise;
  }

  end({ bytes }: Work): void {
    this.atLog -= bytes;
    this.schedule();
  }

  /** Something is always let in where nothing is under way, so that nothing is too large for ever. */
  private hasRoom({ bytes }: Work): boolean {
    return this.left.items > 0 && this.left.bytes > 0 && (this.atLog === 0 || this.atLog + bytes <= MAX_AT_LOG);
  }

  private take({ items, bytes }: Work): void {
    this.left = { items: this.left.items - items, bytes: this.left.bytes - bytes };
    this.atLog += bytes;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.scheduled = false;
    this.left = A_TURN;
    for (const [environment, line] of this.waiting) {
      const [first] = line;
      if (!first || !this.hasRoom(first.work)) return;
      line.shift();
      this.take(first.work);
      first.begin();
      // Back at the end of the round, which this loop goes on with.
      this.waiting.delete(environment);
      if (line.length > 0) this.waiting.set(environment, line);
    }
  }
}
