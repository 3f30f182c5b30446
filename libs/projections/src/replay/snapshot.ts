import { type PoolClient } from 'pg';
import { type Postgres } from '#platform';

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** One state of the whole database, seen by two connections at once. */
export class Snapshot {
  private constructor(
    readonly one: PoolClient,
    readonly other: PoolClient,
  ) {}

  static async take({ pool }: Postgres): Promise<Snapshot> {
    const taken: PoolClient[] = [];
    const take = async () => {
      const connection = await pool.connect();
      // Whoever asks on one that is lost hears of it; without a listener, losing it would end the process.
      connection.on('error', ignore);
      taken.push(connection);
      await connection.query(BEGIN);
      return connection;
    };
    try {
      const one = await take();
      const { rows } = await one.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
      const other = await take();
      await other.query(`SET TRANSACTION SNAPSHOT '${rows[0]!.id}'`);
      return new Snapshot(one, other);
    } catch (error) {
      for (const connection of taken) connection.release(true);
      throw error;
    }
  }

  async release(): Promise<void> {
    for (const connection of [this.one, this.other]) {
      await connection.query('ROLLBACK').then(
        () => connection.off('error', ignore).release(),
        (error: Error) => connection.release(error),
      );
    }
  }
}

const ignore = () => undefined;
