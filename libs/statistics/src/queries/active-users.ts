import { setTimeout as pause } from 'node:timers/promises';
import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Redis } from 'ioredis';
import { activitiesTopic, countActive, countActiveIn } from '#activities';
import { LOGGER, type Logger, Namespace, notFound, Postgres, within } from '#platform';
import { liveViews } from '#projections';
import { Directory } from '#registry';
import { ActiveFigures } from '../figures/active-figures.js';

export interface ActiveUsersFigure {
  readonly activeUsers: number;
  readonly source: 'redis' | 'postgres';
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
// Redis follows a commit of the views within this; figures that are older still are nobody's work in hand.
const FOLLOWED_WITHIN_MS = 20;

@QueryHandler(ActiveUsers)
export class ActiveUsersHandler implements IQueryHandler<ActiveUsers> {
  private readonly partitions: number;

  constructor(
    private readonly redis: Redis,
    private readonly postgres: Postgres,
    private readonly namespace: Namespace,
    private readonly directory: Directory,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.partitions = activitiesTopic(namespace).partitions;
  }

  /** Throws `not-found` for a workspace that is not there. */
  async execute({ environment, since, workspace }: ActiveUsers): Promise<ActiveUsersFigure> {
    if (workspace !== undefined) {
      const existing = await this.directory.workspaceIds(environment, [workspace]);
      if (!existing.has(workspace)) throw notFound('workspace');
      return { activeUsers: await countActiveIn(this.postgres, environment, workspace, since), source: 'postgres' };
    }
    const figure = await this.fromRedis(environment, since);
    if (figure !== undefined) return { activeUsers: figure, source: 'redis' };
    return { activeUsers: await countActive(this.postgres, environment, since), source: 'postgres' };
  }

  /**
   * Figures that stopped moving look like any others, so they count only where they are at least as new as the views
   * were, and of their generation: that is certain of figures read after the views' position. Undefined where they are
   * not, or not there.
   */
  private async fromRedis(environment: string, since: number): Promise<number | undefined> {
    const { generation, positions } = await liveViews(this.postgres, { name: 'activities' });
    const figures = new ActiveFigures(this.redis, this.namespace, generation);
    const atLeast = Array.from({ length: this.partitions }, (_, partition) => positions.get(partition) ?? 0);
    const count = () => within(PATIENCE_MS, figures.countActive(environment, since, atLeast));
    try {
      return (await count()) ?? (await pause(FOLLOWED_WITHIN_MS).then(count));
    } catch (err) {
      this.logger.debug({ err }, 'active users are counted by Postgres');
      return undefined;
    }
  }
}
