const BEAT_MS = 500;

/** A partition held while its records are applied: kafkajs sends no heartbeat meanwhile, so this does. */
export class Lease {
  private lost: { readonly error: unknown } | undefined;
  private readonly timer: NodeJS.Timeout;

  /** kafkajs's `heartbeat` itself leaves out those that come early. */
  constructor(
    heartbeat: () => Promise<void>,
    private readonly owned: () => boolean,
  ) {
    this.timer = setInterval(() => {
      heartbeat().catch((error: unknown) => (this.lost ??= { error }));
    }, BEAT_MS);
  }

  /** False for good once the group has gone on without this member. */
  isHeld(): boolean {
    return !this.lost && this.owned();
  }

  release(): void {
    clearInterval(this.timer);
  }

  /** @throws what the heartbeat threw, if it did: kafkajs joins the group again on that. */
  end(): void {
    this.release();
    if (this.lost) throw this.lost.error;
  }
}
