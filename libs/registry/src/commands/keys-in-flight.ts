import { Problem } from '#platform';

// Of a key more than these it is forgotten that its command is under way; it is then judged behind it, in the log.
const MOST_KEYS = 10_000;

/** The keys (`Idempotency-Key`) under which this process has sent a command that has not been judged yet. */
export class KeysInFlight {
  private readonly commands = new Map<string, string>();

  /**
   * Sends the first command of a key, or one whose former command has been judged. Throws `in-flight` otherwise.
   * `send` gives what became of the command so far.
   */
  async send<T>(
    key: string,
    commandId: string,
    isJudged: (commandId: string) => Promise<boolean>,
    send: () => Promise<ReadonlyMap<string, T>>,
  ): Promise<ReadonlyMap<string, T>> {
    const former = this.commands.get(key);
    if (former !== undefined && !(await isJudged(former))) throw stillRunning();
    // Another resend may have been faster.
    if (this.commands.get(key) !== former) throw stillRunning();
    this.remember(key, commandId);
    try {
      const verdicts = await send();
      if (verdicts.has(commandId)) this.forget(key, commandId);
      return verdicts;
    } catch (error) {
      this.forget(key, commandId);
      throw error;
    }
  }

  private remember(key: string, commandId: string): void {
    this.commands.delete(key);
    this.commands.set(key, commandId);
    if (this.commands.size <= MOST_KEYS) return;
    for (const oldest of this.commands.keys()) return void this.commands.delete(oldest);
  }

  private forget(key: string, commandId: string): void {
    if (this.commands.get(key) === commandId) this.commands.delete(key);
  }
}

function stillRunning(): Problem {
  return new Problem('in-flight', 'The first request with this Idempotency-Key is still running.', {
    headers: { 'retry-after': '1' },
  });
}
