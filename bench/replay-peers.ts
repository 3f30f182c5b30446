import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createReadStream, createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  getPostgreSQLEventStore,
  type PostgresReadEventMetadata,
  pongoMultiStreamProjection,
  rebuildPostgreSQLProjections,
} from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The seconds that COPY takes to put the rows of these schemas into the same tables with the same keys and indexes. */
export async function copySeconds(client: pg.Client, schemas: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  let seconds = 0;
  try {
    for (const schema of schemas) {
      const { rows } = await client.query<{ name: string }>(
        'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
        [schema],
      );
      await client.query('CREATE SCHEMA copied');
      for (const { name } of rows) {
        await client.query(`CREATE TABLE copied."${name}" (LIKE "${schema}"."${name}" INCLUDING ALL)`);
        seconds += await copyTable(client, `"${schema}"."${name}"`, `copied."${name}"`, join(folder, name));
      }
      await client.query('DROP SCHEMA copied CASCADE');
    }
    return seconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function copyTable(client: pg.Client, from: string, to: string, file: string): Promise<number> {
  await pipeline(client.query(copyTo(`COPY ${from} TO STDOUT`)), createWriteStream(file));
  if (statSync(file).size === 0) return 0;
  const begin = performance.now();
  await pipeline(createReadStream(file), client.query(copyFrom(`COPY ${to} FROM STDIN`)));
  return (performance.now() - begin) / 1_000;
}

interface Seen {
  readonly type: 'Seen';
  readonly data: { readonly user: string; readonly kind: string; readonly at: number };
}

type Totals = Readonly<Record<'activities' | 'last', number>>;

const STREAMS = 200;

/**
 * Events a second at which emmett-postgresql rebuilds how many activities each user has: a part of what Tidemark's views
 * hold. Far fewer events, at its own rate, since a rate is all that is compared.
 */
export async function emmettRate(admin: pg.Client, events: number): Promise<number> {
  const database = `emmett_${process.pid}`;
  await admin.query(`CREATE DATABASE ${database}`);
  const url = new URL(process.env['DATABASE_URL']!);
  url.pathname = `/${database}`;
  try {
    await writeEvents(url.href, events);
    const begin = performance.now();
    const consumer = rebuildPostgreSQLProjections<Seen>({ connectionString: url.href, projections: [totals] });
    await consumer.start();
    const seconds = (performance.now() - begin) / 1_000;
    await consumer.close();
    await requireCounted(url.href, events);
    return events / seconds;
  } finally {
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
  }
}

const totals = pongoMultiStreamProjection<Totals, Seen, PostgresReadEventMetadata, Seen>({
  collectionName: 'totals',
  canHandle: ['Seen'],
  getDocumentId: ({ data }) => data.user,
  evolve: (document: Totals | null, { data }: Seen): Totals => ({
    activities: (document?.activities ?? 0) + 1,
    last: Math.max(document?.last ?? 0, data.at),
  }),
});

async function writeEvents(connectionString: string, events: number): Promise<void> {
  const store = getPostgreSQLEventStore(connectionString);
  for (let stream = 0; stream < STREAMS; stream += 1) {
    const own = Array.from({ length: events / STREAMS }, (_, n): Seen => {
      return { type: 'Seen', data: { user: `user${stream}`, kind: `kind${n % 5}`, at: n } };
    });
    await store.appendToStream<Seen>(`user-${stream}`, own);
  }
  await store.close();
}

async function requireCounted(connectionString: string, events: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ sum: string }>(`SELECT sum((data->>'activities')::int) AS sum FROM totals`);
  await client.end();
  if (Number(rows[0]?.sum) !== events) throw new Error(`void: emmett counted ${rows[0]?.sum} of ${events}`);
}
