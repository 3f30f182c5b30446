import { activitiesTopic, type ActivityFollower, type LastActive, type Move } from '#activities';
import { type Logger, type Namespace, type Postgres, type RedisServers, within } from '#platform';
import { ActiveFigures } from './figures/active-figures.js';
import { liveViews } from '#projections';
import { repair } from './figures/repair.js';

const CHECK_EVERY_MS = 2_000;
/** The longest that a projection waits for Redis, once per outage: after that only the checks ask. */
const PATIENCE_MS = 500;

/**
 * Keeps the figures in Redis at the checkpoints of the views of activities. When Redis is down, the projection waits only a
 * moment; a check every few seconds repairs what was missed, also after a crash or a flush.
 */
export class StatisticsFollower implements ActivityFollower {
  private answers = true;
  private closed = false;
  private readonly repairs = new Map<string, Promise<void>>();
  private checking: Promise<void> | undefined;
  private readonly timer = setInterval(() => void this.check(), CHECK_EVERY_MS).unref();

  constructor(
    private readonly redis: RedisServers,
    private readonly postgres: Postgres,
    private readonly namespace: Namespace,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    void this.check();
  }

  async follow(partition: number, { generation, from, to }: Move, counted: readonly LastActive[]): Promise<void> {
    if (!this.answers || this.closed) return;
    try {
      const advanced = await within(PATIENCE_MS, this.figuresOf(generation).advance(partition, from, to, counted));
      // Not waited for: however much there is to rewrite, the projection goes on.
      if (!advanced) void this.repair(generation, partition);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Checks all partitions and repairs what was emptied or fell behind; never throws. */
  check(): Promise<void> {
    return (this.checking ??= this.checkAll().finally(() => (this.checking = undefined)));
  }

  private async checkAll(): Promise<void> {
    const all = [...Array(activitiesTopic(this.namespace).partitions).keys()];
    try {
      // While Postgres is down or the views do not exist yet, there is nothing to follow.
      const views = await liveViews(this.postgres, { name: 'activities' }).catch(() => undefined);
      // Also without views to compare with, to find out whether Redis is back.
      const figures = this.figuresOf(views?.generation ?? '');
      const checkpoints = await Promise.all(all.map((partition) => figures.checkpoint(partition)));
      this.works();
      if (!views) return;
      const behind = all.filter((partition) => checkpoints[partition] !== views.positions.get(partition));
      await Promise.all(behind.map((partition) => this.repair(views.generation, partition)));
    } catch (error) {
      this.failed(error);
    }
  }

  private figuresOf(generation: string): ActiveFigures {
    return new ActiveFigures(this.redis, this.namespace, generation);
  }

  /** One repair a partition at a time. */
  private repair(generation: string, partition: number): Promise<void> {
    const key = `${generation}/${partition}`;
    const running = this.repairs.get(key);
    if (running) return running;
    const repairing = repair(this.figuresOf(generation), this.postgres, partition, () => !this.closed)
      .catch((error: unknown) => this.failed(error))
      .finally(() => this.repairs.delete(key));
    this.repairs.set(key, repairing);
    return repairing;
  }

  private failed(err: unknown): void {
    if (this.closed) return;
    if (this.answers) this.logger.warn({ err }, 'statistics cannot be kept in Redis; Postgres answers meanwhile');
    this.answers = false;
  }

  private works(): void {
    if (!this.answers) this.logger.info('statistics are kept in Redis again');
    this.answers = true;
  }

  /** Ends the checks; the connections stay open. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await Promise.allSettled([this.checking, ...this.repairs.values()]);
  }
}
