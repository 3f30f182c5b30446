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
    findRows<{ lastActiveAt: number }>(this.postgres.prepared, USER_ACTIVITY, asked),
  );

  constructor(private readonly postgres: Postgres) {}

  async execute(query: LastActive): Promise<number | undefined> {
    return (await this.times.find(query))?.lastActiveAt;
  }
}

const USER_ACTIVITY: Table = {
  name: 'user_activity',
  key: { environment: 'text', userId: 'bigint' },
  columns: { lastActiveAt: 'bigint' },
};
