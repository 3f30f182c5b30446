import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Lookups, Postgres } from '#platform';

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
  private readonly times: Lookups<LastActive, number | null>;

  constructor(private readonly postgres: Postgres) {
    this.times = new Lookups((asked) => this.findTimes(asked));
  }

  execute(query: LastActive): Promise<number | null> {
    return this.times.find(query);
  }

  private async findTimes(asked: readonly LastActive[]): Promise<(number | null)[]> {
    const { rows } = await this.postgres.prepared.query<{ last_active_at: number | null }>(
      `SELECT found.last_active_at
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (environment, id, place)
       CROSS JOIN LATERAL (SELECT max(last_active_at) AS last_active_at FROM activity_totals activity
         WHERE activity.environment = asked.environment AND activity.user_id = asked.id) found
       ORDER BY asked.place`,
      [asked.map(({ environment }) => environment), asked.map(({ userId }) => userId)],
    );
    return rows.map((row) => row.last_active_at);
  }
}
