import type { Client } from 'pg';
import { activitiesTopic } from '#activities';
import { kafkaEventLog } from '#event-log';
import { createLogger, Namespace } from '#platform';
import { ENVIRONMENT } from './population.ts';
import type { BenchService } from './service.ts';

type Environment = Pick<BenchService, 'env'>;

const namespaceOf = ({ env }: Environment) => new Namespace(env['TIDEMARK_NAMESPACE']!);

/** How many records of activities the views show; 0 where there are no views. */
export async function appliedActivities(client: Client, service: Environment): Promise<number> {
  const table = `${namespaceOf(service).views('activities')}.activities_checkpoints`;
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  if (!rows[0]!.there) return 0;
  const sum = await client.query<{ applied: string }>(`SELECT sum(position) AS applied FROM ${table}`);
  return Number(sum.rows[0]!.applied);
}

/** How many records of activities are in the log. */
async function appendedActivities(service: Environment): Promise<number> {
  const brokers = service.env['KAFKA_BROKERS']!.split(',');
  const log = kafkaEventLog({ brokers, clientId: 'bench', logger: createLogger('bench', 'silent') });
  const extents = await log.extents(activitiesTopic(namespaceOf(service)).name);
  await log.close();
  return [...extents.values()].reduce((sum, { high }) => sum + high, 0);
}

/** The projector makes them anew when it starts, and begins at the start of the log. */
export async function dropActivityViews(client: Client, service: Environment): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${namespaceOf(service).views('activities')} CASCADE`);
}

/** Void unless so many activities are in the log, in the feed's rows and in the counts. */
export async function requireActivities(client: Client, service: Environment, expected: number): Promise<void> {
  const { rows } = await client.query<{ rows: string; counted: string }>(
    `SELECT (SELECT count(*) FROM activities WHERE environment = $1) AS rows,
       (SELECT sum(activities) FROM activity_totals WHERE environment = $1) AS counted`,
    [ENVIRONMENT],
  );
  const counts = [await appendedActivities(service), Number(rows[0]!.rows), Number(rows[0]!.counted)];
  if (counts.some((count) => count !== expected)) throw new Error(`void: ${counts.join(', ')} of ${expected}`);
}
