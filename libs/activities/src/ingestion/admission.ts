import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { Namespace, Postgres, Problem } from '#platform';
import { readCheckpoints } from '#projections';
import { activitiesTopic } from '../activities.topic.js';

/** Items that are checked and appended at the same time, in one process: more are turned away, not queued. */
const MAX_IN_HAND = 100_000;
/** What a request costs beside its items, as a number of items. */
const REQUEST_WEIGHT = 50;
/** Records that the views may be behind before history has to wait: a fraction of a second's work. */
const MAX_BACKLOG = 20_000;
const MEASURE_EVERY_MS = 250;

const overloaded = (detail: string) => new Problem('overloaded', detail, { headers: { 'retry-after': '1' } });

/** Who is let in at the door when there is much to do. */
@Injectable()
export class Admission {
  private inHand = 0;
  private backlog: { readonly measuring: Promise<number>; readonly at: number; admitted: number } | undefined;

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(Postgres) private readonly postgres: Postgres,
    @Inject(Namespace) private readonly namespace: Namespace,
  ) {}

  /** Runs the work on `items` items. Throws `overloaded` at once when too many are in hand. */
  async hold<T>(items: number, work: () => Promise<T>): Promise<T> {
    const weight = items + REQUEST_WEIGHT;
    if (this.inHand + weight > MAX_IN_HAND) throw overloaded('Too many activities are being taken in at this moment.');
    this.inHand += weight;
    try {
      return await work();
    } finally {
      this.inHand -= weight;
    }
  }

  /** Lets history in while the views keep up; throws `overloaded` while they do not. */
  async admitBackfill(items: number): Promise<void> {
    if (this.backlog === undefined || Date.now() - this.backlog.at > MEASURE_EVERY_MS) {
      this.backlog = { measuring: this.measure(), at: Date.now(), admitted: 0 };
    }
    const { backlog } = this;
    // What was let in since the measurement counts as if it still lay ahead of the views.
    const behind = (await backlog.measuring) + backlog.admitted;
    if (behind > MAX_BACKLOG) throw overloaded(`The views are ${behind} activities behind; history waits.`);
    backlog.admitted += items;
  }

  private async measure(): Promise<number> {
    const checkpoints = await readCheckpoints(this.postgres, { name: 'activities' });
    const extents = await this.log.extents(activitiesTopic(this.namespace).name);
    return [...extents].reduce((sum, [partition, { high }]) => sum + high - (checkpoints.get(partition) ?? 0), 0);
  }
}
