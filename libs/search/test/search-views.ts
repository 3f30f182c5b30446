import { randomUUID } from 'node:crypto';
import { Namespace, Postgres, prepared } from '#platform';
import { writeSearch } from '../src/write-search.js';
import { SEARCH_TABLES } from '../src/tables.js';

export interface Person {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The views that a search reads, in a namespace of their own. */
export interface SearchViews {
  readonly postgres: Postgres;
  /** A new environment with these users. */
  environmentOf(people: readonly Person[]): Promise<string>;
  close(): Promise<void>;
}

export async function openSearchViews(databaseUrl: string): Promise<SearchViews> {
  const namespace = new Namespace(`t${randomUUID().replaceAll('-', '').slice(0, 16)}`);
  const postgres = new Postgres(databaseUrl, namespace);
  const schema = namespace.views('registry');
  await postgres.query(`CREATE SCHEMA ${schema}`);
  await postgres.query(SEARCH_TABLES);
  let environments = 0;
  return {
    postgres,
    async environmentOf(people) {
      const environment = `e${++environments}`;
      await postgres.transaction(async (tx) => {
        writeSearch(
          prepared(tx),
          people.map((now) => ({ environment, id: now.id, now })),
        );
      });
      return environment;
    },
    async close() {
      await postgres.query(`DROP SCHEMA ${schema} CASCADE`);
      await postgres.close();
    },
  };
}

/** Somebody whom nobody looks for but by what is given. */
export const person = (id: number, details: Partial<Person>): Person => ({
  id,
  username: `u${id}`,
  email: `${id}@x`,
  firstName: '',
  lastName: '',
  ...details,
});
