import { Problem, type StreamLimits } from '#platform';

const RETRY = { 'retry-after': '5' };

/**
 * Limits the streams that are open or being opened in this process, in total and per environment. Refuses at once,
 * and so needs no queue.
 */
export class OpenStreams {
  private readonly byEnvironment = new Map<string, number>();
  private count = 0;

  constructor(private readonly limits: Pick<StreamLimits, 'maxOpen' | 'maxOpenPerEnvironment'>) {}

  /** One more, until the returned function is called, once or again. Throws `overloaded` or `unavailable`. */
  enter(environment: string): () => void {
    const own = this.byEnvironment.get(environment) ?? 0;
    if (own >= this.limits.maxOpenPerEnvironment) {
      throw new Problem('overloaded', 'This environment has too many streams open.', { headers: RETRY });
    }
    if (this.count >= this.limits.maxOpen) {
      throw new Problem('unavailable', 'This instance has too many streams open; another one may have room.', {
        headers: RETRY,
      });
    }
    this.count += 1;
    this.byEnvironment.set(environment, own + 1);
    let inside = true;
    return () => {
      if (inside) this.leave(environment);
      inside = false;
    };
  }

  private leave(environment: string): void {
    this.count -= 1;
    const left = (this.byEnvironment.get(environment) ?? 0) - 1;
    if (left > 0) this.byEnvironment.set(environment, left);
    else this.byEnvironment.delete(environment);
  }
}
