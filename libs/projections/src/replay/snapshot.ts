import { type PoolClient } from 'pg';
import { type Postgres } from '#platform';

/** One state of the whole database, seen by two connections at once. */
export class Snapshot {
  private constructor(
    readonly one: PoolClient,
    readonly other: PoolClient,
  ) {}

  static async take(postgres: Postgres): Promise<Snapshot> {
    const [one, other] = [await postgres.pool.connect(), await postgres.pool.connect()];
    try {
      await one.query(BEGIN);
      const { rows } = await one.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
      await other.query(BEGIN);
      await other.query(`SET TRANSACTION SNAPSHOT '${rows[0]!.id}'`);
      return new Snapshot(one, other);
    } catch (error) {
      for (const connection of [one, other]) connection.release(true);
      throw error;
    }
  }

  async release(): Promise<void> {
    for (const connection of [this.one, this.other]) {
      await connection.query('ROLLBACK').then(
        () => connection.release(),
        (error: Error) => connection.release(error),
      );
    }
  }
}

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
