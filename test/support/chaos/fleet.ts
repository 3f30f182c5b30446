import type { Postgres } from '#platform';
import { eventually } from '../eventually.ts';
import { type AppProcess, spawnApp } from '../app-process.ts';
import type { Service } from '../service.ts';

const REFUSED = 'a commit was refused';

/** Projectors of one service, as processes, and what may happen to them. */
export class Fleet {
  private readonly members = new Set<AppProcess>();
  /** Which ended as they were made to; any other has failed. */
  private readonly ended = new WeakSet<AppProcess>();
  private readonly all: AppProcess[] = [];
  private failure: Error | undefined;
  private readonly service: Pick<Service, 'config'>;

  constructor(service: Pick<Service, 'config'>) {
    this.service = service;
  }

  async join(): Promise<AppProcess> {
    const projector = await spawnApp('projector', this.service);
    this.members.add(projector);
    this.all.push(projector);
    void projector.gone.then(({ code, signal }) => {
      this.members.delete(projector);
      if (!this.ended.has(projector))
        this.failure ??= new Error(`a projector ended (${code ?? signal}): ${projector.logged()}`);
    });
    return projector;
  }

  async kill(projector: AppProcess): Promise<void> {
    await this.end(projector, 'SIGKILL');
  }

  async leave(projector: AppProcess): Promise<void> {
    await this.end(projector, 'SIGTERM');
  }

  /** Stops it where it stands; `wake` lets it go on as if nothing had been. */
  freeze(projector: AppProcess): void {
    projector.kill('SIGSTOP');
  }

  wake(projector: AppProcess): void {
    projector.kill('SIGCONT');
  }

  /** How many commits were refused because another owner had moved on, so far. */
  refused(): number {
    return this.all.reduce((sum, projector) => sum + projector.logged().split(REFUSED).length - 1, 0);
  }

  /** Throws when one ended of itself. */
  check(): void {
    if (this.failure) throw this.failure;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.members].map((projector) => this.kill(projector)));
  }

  private async end(projector: AppProcess, signal: NodeJS.Signals): Promise<void> {
    this.ended.add(projector);
    projector.kill(signal);
    await projector.gone;
  }
}

/**
 * Freezes a projector that owns all partitions in the middle of a transaction: its first statement is held up by a lock
 * until it stands still, and is answered then.
 */
export async function freezeInTransaction(fleet: Fleet, owner: AppProcess, postgres: Postgres): Promise<void> {
  await postgres.transaction(async (tx) => {
    await tx.query('SELECT FROM activities_checkpoints FOR UPDATE');
    await eventually(async () => {
      const { rows } = await postgres.query(
        'SELECT FROM pg_stat_activity WHERE pg_backend_pid() <> pid AND cardinality(pg_blocking_pids(pid)) > 0 AND application_name = current_setting($1)',
        ['application_name'],
      );
      if (rows.length === 0) throw new Error('nobody waits for a checkpoint');
    });
    fleet.freeze(owner);
  });
}
