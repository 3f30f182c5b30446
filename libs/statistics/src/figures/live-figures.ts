import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { activitiesTopic } from '#activities';
import { LOGGER, type Logger, Namespace, Postgres, RedisServers, within } from '#platform';
import { type AsOf, liveViews } from '#projections';
import { ActiveFigures } from './active-figures.js';

// Postgres answers in far less than a Redis that hangs would cost every caller.
const PATIENCE_MS = 300;
// Redis follows a commit of the views within this; figures that are older still are nobody's work in hand.
const FOLLOWED_WITHIN_MS = 20;

/** The figures of the live views, for as long as Redis has them as they are. */
@Injectable()
export class LiveFigures {
  constructor(
    private readonly redis: RedisServers,
    private readonly postgres: Postgres,
    private readonly namespace: Namespace,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * How many users were active since a moment, in milliseconds since the epoch. Figures that stopped moving look like any
   * others, so they count only where they are at least as new as the views were, and of their generation: that is certain
   * of figures read after the views' position. Undefined where they are not, or not there.
   */
  async countActive(environment: string, since: number): Promise<AsOf<number> | undefined> {
    const { generation, positions } = await liveViews(this.postgres, { name: 'activities' });
    const figures = new ActiveFigures(this.redis, this.namespace, generation);
    const { partitions } = activitiesTopic(this.namespace);
    const atLeast = Array.from({ length: partitions }, (_, partition) => positions.get(partition) ?? 0);
    const count = () => within(PATIENCE_MS, figures.countActive(environment, since, atLeast));
    try {
      return (await count()) ?? (await pause(FOLLOWED_WITHIN_MS).then(count));
    } catch (err) {
      this.logger.debug({ err }, 'active users are counted by Postgres');
      return undefined;
    }
  }
}
