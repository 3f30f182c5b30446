import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { findRows, Lookups, Postgres, type Table } from '#platform';

/** When a user was last active, in milliseconds since the epoch; undefined if never. */
export class LastActive extends Query<number | undefined> {
  constructor(
    readonly environment: string,
    readonly userId: number,
  ) {
    super();
  }
}

@QueryHandler(LastActive)
export class LastActiveHandler implements IQueryHandler<LastActive> {
  private readonly times = new Lookups((asked: readonly LastActive[]) =>
    findRows<{ lastActiveAt: number }>(this.postgres.prepared, LAST_ACTIVE, asked),
  );

  constructor(private readonly postgres: Postgres) {}

  async execute(query: LastActive): Promise<number | undefined> {
    return (await this.times.find(query))?.lastActiveAt;
  }
}

const LAST_ACTIVE: Table = {
  name: `(SELECT environment, user_id, max(last_active_at) AS last_active_at FROM activity_totals
    GROUP BY environment, user_id)`,
  key: { environment: 'text', userId: 'bigint' },
  columns: { lastActiveAt: 'bigint' },
};
