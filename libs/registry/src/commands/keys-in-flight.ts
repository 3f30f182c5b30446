import { LRUCache } from 'lru-cache';
import { Problem } from '#platform';

// Of more keys than these the oldest are let go; what comes with them is judged behind the first, in the log.
const MOST_KEYS = 10_000;

/** The keys (`Idempotency-Key`) under which this process has sent a command that has not been judged yet. */
export class KeysInFlight {
  private readonly commands = new LRUCache<string, string>({ max: MOST_KEYS });

  /**
   * Sends the first command of a key, or one whose previous command has been judged. Throws `in-flight` otherwise.
   * `send` gives what became of the command so far.
   */
  async send<T>(
    key: string,
    commandId: string,
    isJudged: (commandId: string) => Promise<boolean>,
    send: () => Promise<ReadonlyMap<string, T>>,
  ): Promise<ReadonlyMap<string, T>> {
    const previous = this.commands.get(key);
    if (previous !== undefined && !(await isJudged(previous))) throw stillRunning();
    // Another resend may have been faster.
    if (this.commands.get(key) !== previous) throw stillRunning();
    this.commands.set(key, commandId);
    try {
      const verdicts = await send();
      if (verdicts.has(commandId)) this.remove(key, commandId);
      return verdicts;
    } catch (error) {
      this.remove(key, commandId);
      throw error;
    }
  }

  private remove(key: string, commandId: string): void {
    if (this.commands.get(key) === commandId) this.commands.delete(key);
  }
}

function stillRunning(): Problem {
  return new Problem('in-flight', 'The first request with this Idempotency-Key is still running.', {
    headers: { 'retry-after': '1' },
  });
}
