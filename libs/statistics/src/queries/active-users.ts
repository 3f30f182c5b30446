import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Redis } from 'ioredis';
import { activitiesTopic } from '#activities';
import { LOGGER, type Logger, Namespace, Postgres } from '#platform';
import { ActiveFigures } from '../figures/active-figures.js';
import { countActive, countActiveIn } from '../figures/last-active.js';
import { within } from '../figures/within.js';

export interface ActiveUsersFigure {
  readonly activeUsers: number;
  /** Whether Postgres had to answer where Redis should have. */
  readonly degraded: boolean;
}

/**
 * How many users of an environment had at least one activity since a moment, in milliseconds since the epoch; with a
 * workspace, one in it. Users that were deleted since count as they did: the past does not change.
 */
export class ActiveUsers extends Query<ActiveUsersFigure> {
  constructor(
    readonly environment: string,
    readonly since: number,
    readonly workspace?: number,
  ) {
    super();
  }
}

// Postgres answers in far less than a Redis that hangs would cost every caller.
const PATIENCE_MS = 300;

@QueryHandler(ActiveUsers)
export class ActiveUsersHandler implements IQueryHandler<ActiveUsers> {
  private readonly figures: ActiveFigures;
  private readonly partitions: number;

  constructor(
    @Inject(Redis) redis: Redis,
    @Inject(Postgres) private readonly postgres: Postgres,
    @Inject(Namespace) namespace: Namespace,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.figures = new ActiveFigures(redis, namespace);
    this.partitions = activitiesTopic(namespace).partitions;
  }

  async execute({ environment, since, workspace }: ActiveUsers): Promise<ActiveUsersFigure> {
    if (workspace !== undefined) {
      return { activeUsers: await countActiveIn(this.postgres, environment, workspace, since), degraded: false };
    }
    const figure = await this.fromRedis(environment, since);
    if (figure !== undefined) return { activeUsers: figure, degraded: false };
    return { activeUsers: await countActive(this.postgres, environment, since), degraded: true };
  }

  private async fromRedis(environment: string, since: number): Promise<number | undefined> {
    try {
      return await within(PATIENCE_MS, this.figures.countActive(environment, since, this.partitions));
    } catch (err) {
      this.logger.debug({ err }, 'active users are counted by Postgres');
      return undefined;
    }
  }
}
