import { randomUUID } from 'node:crypto';
import { Namespace, Postgres } from '#platform';

export interface Person {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The views that a list of users reads, in a namespace of their own. */
export interface UserViews {
  readonly postgres: Postgres;
  /** A new environment with these users. */
  environmentOf(people: readonly Person[]): Promise<string>;
  close(): Promise<void>;
}

export async function openUserViews(databaseUrl: string): Promise<UserViews> {
  const namespace = new Namespace(`t${randomUUID().replaceAll('-', '').slice(0, 16)}`);
  const postgres = new Postgres(databaseUrl, namespace);
  const schema = namespace.views('registry');
  await postgres.query(`CREATE SCHEMA ${schema}`);
  await postgres.query(`CREATE TABLE users (environment text, id bigint, username text, email text, first_name text,
    last_name text, is_active boolean, PRIMARY KEY (environment, id))`);
  await postgres.query('CREATE TABLE environments (environment text PRIMARY KEY, users bigint)');
  await postgres.query(`CREATE TABLE user_blocks (environment text, block bigint, users bigint,
    PRIMARY KEY (environment, block))`);
  let environments = 0;
  return {
    postgres,
    async environmentOf(people) {
      const environment = `e${++environments}`;
      await postgres.transaction(async (tx) => {
        await tx.query(INSERT, [environment, JSON.stringify(people)]);
        await tx.query(COUNT, [environment]);
      });
      return environment;
    },
    async close() {
      await postgres.query(`DROP SCHEMA ${schema} CASCADE`);
      await postgres.close();
    },
  };
}

const INSERT = `
  INSERT INTO users SELECT $1, id, username, email, "firstName", "lastName", true
  FROM json_to_recordset($2) AS person (id bigint, username text, email text, "firstName" text, "lastName" text)`;

const COUNT = `
  INSERT INTO user_blocks SELECT environment, id / 1000, count(*) FROM users WHERE environment = $1 GROUP BY 1, 2`;

/** Somebody with nothing but what is given. */
export const person = (id: number, details: Partial<Person>): Person => ({
  id,
  username: `u${id}`,
  email: `${id}@x`,
  firstName: '',
  lastName: '',
  ...details,
});
