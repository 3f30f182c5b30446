import type { Client } from 'pg';
import { FOLD_NAMES, Namespace } from '#platform';
import { type BenchService, withDatabase, withService } from './service.ts';
import { type Person, personOf } from './search-people.ts';

/** The environment that a service's token is for. */
export const ENVIRONMENT = 'demo';
export const USERS = 1_000_000;

/** A service, and a connection that finds its views by their bare names, for as long as `work` takes. */
export function withViews<T>(work: (service: BenchService, database: Client) => Promise<T>): Promise<T> {
  return withService((service) =>
    withDatabase(async (database) => {
      const namespace = new Namespace(service.env['TIDEMARK_NAMESPACE']!);
      const schemas = FOLD_NAMES.map((fold) => namespace.views(fold));
      await database.query(`SET search_path = ${schemas.join(', ')}, public`);
      return work(service, database);
    }),
  );
}

/** People with the numbers from `from` up to `to`, who are made up again each time. */
export const peopleOf = (from: number, to: number): (Person & { environment: string; id: number })[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    environment: ENVIRONMENT,
    id: from + at,
    ...personOf(from + at),
  }));

/** Rows as the projector would have written them, without commands in the log. */
export async function writeUsers(client: Client, people: readonly (Person & { id: number })[]): Promise<void> {
  await client.query(
    `INSERT INTO users (environment, id, object_id, key, username, username_hash, email, email_hash, first_name,
       last_name, is_active, profile, created_on, last_modified_on, version)
     SELECT $1, id, lpad(to_hex(id), 24, '0'), gen_random_uuid(), username, md5('username' || username), email,
       md5('email' || email), "firstName", "lastName", true, '{}', now(), now(), 1
     FROM json_to_recordset($2) AS person (id bigint, username text, email text, "firstName" text, "lastName" text)`,
    [ENVIRONMENT, JSON.stringify(people)],
  );
}

/** The counts that lists go by, once all users are there. */
export async function countUsers(client: Client): Promise<void> {
  await client.query(`INSERT INTO environments SELECT environment, max(id), 0, 0, 0, count(*) FROM users GROUP BY 1`);
  await client.query(`INSERT INTO user_blocks SELECT environment, id / 1000, count(*) FROM users GROUP BY 1, 2`);
}
