import type { Client } from 'pg';

/** The views' rows in the log's order, in batches, each as columns: what a loop without a log in front has in hand. */
export interface PeerRows {
  readonly batches: readonly unknown[][][];
  readonly count: number;
}

const COLUMNS = {
  environment: 'text',
  user_id: 'bigint',
  activity_id: 'text',
  source: 'text',
  type: 'text',
  workspace_id: 'bigint',
  occurred_at: 'bigint',
  received_at: 'bigint',
  data: 'text',
  partition: 'int',
  position: 'bigint',
} as const;
const NAMES = Object.keys(COLUMNS);

/** All activities of the views that `client` finds by their bare names. */
export async function readPeerRows(client: Client, size: number): Promise<PeerRows> {
  const batches: unknown[][][] = [];
  let count = 0;
  await client.query('BEGIN');
  await client.query(`DECLARE all_activities CURSOR FOR
    SELECT environment, user_id, activity_id, source, type, workspace_id, occurred_at, received_at,
      data::text, partition, position
    FROM activities ORDER BY position, partition`);
  for (;;) {
    const { rows } = await client.query<unknown[]>({ text: `FETCH ${size} FROM all_activities`, rowMode: 'array' });
    if (rows.length === 0) break;
    count += rows.length;
    batches.push(NAMES.map((_, column) => rows.map((row) => row[column])));
  }
  await client.query('COMMIT');
  return { batches, count };
}

/** A table as one would make it, with the columns of the view and indexes for its queries, and nothing in it. */
export async function makePeerTable(client: Client): Promise<void> {
  await client.query('DROP TABLE IF EXISTS public.peer_activities');
  await client.query(
    `CREATE TABLE public.peer_activities (${Object.entries(COLUMNS)
      .map(([name, type]) => `${name} ${name === 'data' ? 'json' : type}`)
      .join(', ')}, UNIQUE NULLS NOT DISTINCT (user_id, environment, activity_id, source));
     CREATE INDEX ON public.peer_activities (user_id, environment, occurred_at DESC, position DESC);
     CREATE INDEX ON public.peer_activities (partition, position)`,
  );
}

/** The loop: one connection, one statement a batch, one commit each. Resolves to rows a second. */
export async function insertPeerRows(client: Client, { batches, count }: PeerRows): Promise<number> {
  const given = Object.values(COLUMNS).map((type, at) => `$${at + 1}::${type}[]`);
  const text = `INSERT INTO public.peer_activities (${NAMES.join(', ')})
    SELECT ${NAMES.map((column) => (column === 'data' ? 'data::json' : column)).join(', ')}
    FROM unnest(${given.join(', ')}) AS given (${NAMES.join(', ')})
    ON CONFLICT DO NOTHING`;
  const start = performance.now();
  let inserted = 0;
  for (const values of batches) inserted += (await client.query({ name: 'peer', text, values })).rowCount ?? 0;
  if (inserted !== count) throw new Error(`void: the peer inserted ${inserted} of ${count}`);
  return count / ((performance.now() - start) / 1_000);
}
