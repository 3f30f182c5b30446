import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Postgres } from '#platform';

/** When a user was last active, in milliseconds since the epoch; null if never. */
export class LastActive extends Query<number | null> {
  constructor(
    readonly environment: string,
    readonly userId: number,
  ) {
    super();
  }
}

@QueryHandler(LastActive)
export class LastActiveHandler implements IQueryHandler<LastActive> {
  constructor(@Inject(Postgres) private readonly postgres: Postgres) {}

  async execute({ environment, userId }: LastActive): Promise<number | null> {
    const { rows } = await this.postgres.query<{ last_active_at: number }>(
      'SELECT last_active_at FROM user_activity WHERE environment = $1 AND user_id = $2',
      [environment, userId],
    );
    return rows[0]?.last_active_at ?? null;
  }
}
