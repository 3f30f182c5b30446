import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, type Postgres } from '#platform';

const LOOK_EVERY_MS = 1_000;
// Whatever is read of so small a table, it is not much.
const FEW_PAGES = 16;
// Thirty thousand pages are read, which takes long on a slow disk; to give up would be to begin anew.
const GATHERING_MS = 600_000;

/**
 * Has Postgres gather the statistics of the tables in a schema as they grow: by them it plans every statement, and
 * autovacuum may come minutes after a large import, or never.
 */
export class TableStatistics {
  private isStale = false;
  private keeping: Promise<void> | undefined;

  constructor(
    private readonly postgres: Postgres,
    private readonly schema: string,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Something was written and committed. What follows of it goes on by itself. */
  written(): void {
    this.isStale = true;
    this.keeping ??= this.keep();
  }

  /** Until nothing more is written. */
  private async keep(): Promise<void> {
    while (this.isStale) {
      await pause(LOOK_EVERY_MS, undefined, { ref: false });
      this.isStale = false;
      try {
        await this.gather();
      } catch (err) {
        if (!this.postgres.pool.ending) this.logger.warn({ err }, 'the statistics of tables could not be gathered');
      }
    }
    // With the last look: what is written from here on begins anew.
    this.keeping = undefined;
  }

  private async gather(): Promise<void> {
    for (const table of await this.grownTables()) {
      // Where it is locked, another projector is at it.
      await this.postgres.transaction(async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${GATHERING_MS}`);
        // pg's types lack the time-out of a single statement.
        const gathering = { text: `ANALYZE (SKIP_LOCKED) ${table}`, query_timeout: GATHERING_MS };
        await tx.query(gathering);
      });
    }
  }

  /** Those that have grown by a fifth since whoever gathered last. The counts of rows written reach Postgres later than the rows do. */
  private async grownTables(): Promise<string[]> {
    const { rows } = await this.postgres.query<{ name: string }>(
      `SELECT oid::regclass AS name FROM pg_class
       WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
         AND pg_relation_size(oid) / current_setting('block_size')::int > 1.2 * relpages + ${FEW_PAGES}`,
      [this.schema],
    );
    return rows.map(({ name }) => name);
  }
}
