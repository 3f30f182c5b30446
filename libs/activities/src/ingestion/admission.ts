import { Inject, Injectable, Optional } from '@nestjs/common';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { Namespace, Postgres, Problem } from '#platform';
import { readCheckpoints } from '#projections';
import { activitiesTopic } from '../activities.topic.js';

/** How many records the views may be behind before history has to wait: a fraction of a second's work. */
const MAX_BACKLOG = 20_000;
const MEASURE_EVERY_MS = 250;

const overloaded = (detail: string) => new Problem('overloaded', detail, { headers: { 'retry-after': '1' } });

/** Whether history is let in, which must never delay what is live. */
@Injectable()
export class Admission {
  /** Items of history that were let in and may not be in the log yet. */
  private underWay = 0;
  private backlog: { readonly measuring: Promise<number>; readonly at: number; admitted: number } | undefined;

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly postgres: Postgres,
    private readonly namespace: Namespace,
    @Optional() private readonly now = () => performance.now(),
  ) {}

  /**
   * Lets history in while the views keep up; throws `overloaded` while they do not. Call the returned function when the log
   * has the items, or has refused them.
   */
  async admitBackfill(items: number): Promise<() => void> {
    if (this.backlog === undefined || this.now() - this.backlog.at > MEASURE_EVERY_MS) {
      this.backlog = { measuring: this.measure(), at: this.now(), admitted: this.underWay };
    }
    const { backlog } = this;
    // What was let in since the measurement, or was under way then, counts as if it still lay ahead of the views.
    const behind = (await backlog.measuring) + backlog.admitted;
    if (behind > MAX_BACKLOG) throw overloaded('History waits until the views have caught up.');
    backlog.admitted += items;
    this.underWay += items;
    return () => (this.underWay -= items);
  }

  private async measure(): Promise<number> {
    const checkpoints = await readCheckpoints(this.postgres, { name: 'activities' });
    const extents = await this.log.extents(activitiesTopic(this.namespace).name);
    return [...extents].reduce((sum, [partition, { high }]) => sum + high - (checkpoints.get(partition) ?? 0), 0);
  }
}
