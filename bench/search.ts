import { randomUUID } from 'node:crypto';
import type * as Platform from '#platform';
import type * as Tables from '../libs/registry/src/fold/tables.js';
import type * as SearchRows from '../libs/registry/src/users/projections/search-rows.js';
import type * as SearchTables from '../libs/registry/src/users/projections/search-tables.js';
import type * as SearchUsersQuery from '../libs/registry/src/users/queries/search-users.js';
import { type Figure, rounded } from './report.ts';
import { dice, type Person, personOf, pick } from './search-people.ts';

const built = async (path: string): Promise<unknown> => import(new URL(`../dist/libs/${path}`, import.meta.url).href);
const { Namespace, Postgres } = (await built('platform/src/index.js')) as typeof Platform;
const { REGISTRY_TABLES } = (await built('registry/src/fold/tables.js')) as typeof Tables;
const { SEARCH_TABLES } = (await built('registry/src/users/projections/search-tables.js')) as typeof SearchTables;
const { writeSearch } = (await built('registry/src/users/projections/search-rows.js')) as typeof SearchRows;
const { SearchUsers, SearchUsersHandler } = (await built(
  'registry/src/users/queries/search-users.js',
)) as typeof SearchUsersQuery;

type Database = InstanceType<typeof Postgres>;

const ENVIRONMENT = 'bench';
const CLIENTS = 8;
const BATCH = 500;

/** Fills an environment with `users` people, then searches it for `seconds` with eight clients at once. */
export async function benchSearch(databaseUrl: string, { users = 1_000_000, seconds = 30 } = {}): Promise<Figure[]> {
  const namespace = new Namespace(`bench_${randomUUID().slice(0, 8)}`);
  const postgres = new Postgres(databaseUrl, namespace, { max: CLIENTS });
  const schema = namespace.schema('registry');
  try {
    await postgres.query(`CREATE SCHEMA "${schema}"`);
    await postgres.query(REGISTRY_TABLES.includes('user_search') ? REGISTRY_TABLES : REGISTRY_TABLES + SEARCH_TABLES);
    const filled = await fill(postgres, users);
    await settle(postgres, schema);
    return [filled, ...(await measure(postgres, users, seconds))];
  } finally {
    await postgres.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    await postgres.close();
  }
}

async function fill(postgres: Database, users: number): Promise<Figure> {
  const start = performance.now();
  let since = start;
  for (let from = 1; from <= users; from += BATCH) {
    const people = Array.from({ length: Math.min(BATCH, users - from + 1) }, (_, at) => ({
      environment: ENVIRONMENT,
      id: from + at,
      ...personOf(from + at),
    }));
    await postgres.transaction(async (tx) => {
      await tx.query(INSERT, [ENVIRONMENT, JSON.stringify(people)]);
      await writeSearch(tx, people, []);
    });
    if ((from - 1 + BATCH) % 100_000 === 0) {
      const now = performance.now();
      console.log(`${from - 1 + BATCH} users, ${Math.round(100_000_000 / (now - since))} a second`);
      since = now;
    }
  }
  const perSecond = (users / (performance.now() - start)) * 1_000;
  return { what: `${rounded(users)} users written with all that the search keeps, users/s`, ours: rounded(perSecond) };
}

const INSERT = `
  INSERT INTO users SELECT $1, id, lpad(to_hex(id), 24, '0'), username, lower(username), email, lower(email),
    "firstName", "lastName", true, '{}', now(), now(), 1
  FROM json_to_recordset($2) AS person (id bigint, username text, email text, "firstName" text, "lastName" text)`;

/** Searches are measured after the writes' own work is over, which would otherwise go on beside them. */
async function settle(postgres: Database, schema: string): Promise<void> {
  await postgres.query('VACUUM ANALYZE users, user_search, search_names');
  const { rows } = await postgres.query<{ name: string; size: string }>(
    `SELECT relname AS name, pg_size_pretty(pg_relation_size(oid)) AS size FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relname ~ 'search|^users$' ORDER BY 1`,
    [`"${schema}"`],
  );
  console.log(rows.map(({ name, size }) => `${name} ${size}`).join(', '));
}

interface Question {
  readonly kind: string;
  readonly q: string;
}

async function measure(postgres: Database, users: number, seconds: number): Promise<Figure[]> {
  const handler = new SearchUsersHandler(postgres);
  const search = ({ q }: Question) => handler.execute(new SearchUsers(ENVIRONMENT, q, 20));
  await run(search, users, 2);
  const ours = await run(search, users, seconds);
  const naive = await run(({ q }) => searchByIlike(postgres, q), users, seconds);
  show('search', ours);
  show('four ILIKE', naive);
  const p99 = (answers: readonly Answer[]) => figures(answers).p99;
  return [
    {
      what: 'p99 of a query of 1 to 20 letters, 1 to 3 words, 8 clients, ms',
      ours: rounded(p99(ours.answers)),
      asked: '≤ 30',
    },
    {
      what: 'queries/s, beside four ILIKE of the same queries',
      ours: rounded(ours.answers.length / seconds),
      beside: rounded(naive.answers.length / seconds),
      ratio: rounded(ours.answers.length / naive.answers.length),
      asked: '≥ 20 ×',
    },
  ];
}

interface Answer extends Question {
  readonly milliseconds: number;
}

async function run(search: (question: Question) => Promise<unknown>, users: number, seconds: number) {
  const answers: Answer[] = [];
  const until = performance.now() + seconds * 1_000;
  const client = async (seed: number) => {
    const random = dice(seed);
    while (performance.now() < until) {
      const question = questionOf(random, users);
      const start = performance.now();
      await search(question);
      answers.push({ ...question, milliseconds: performance.now() - start });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(1_000_003 * (at + 1))));
  return { answers, seconds };
}

function show(title: string, { answers, seconds }: { answers: Answer[]; seconds: number }): void {
  console.log(`${title}: ${(answers.length / seconds).toFixed(1)} a second with ${CLIENTS} clients`);
  const kinds = [...Map.groupBy(answers, ({ kind }) => kind)].sort(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  console.table(
    Object.fromEntries([['all', answers] as const, ...kinds].map(([kind, group]) => [kind, figures(group)])),
  );
}

function figures(answers: readonly Answer[]) {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1));
  const slowest = answers.reduce((one, other) => (other.milliseconds > one.milliseconds ? other : one));
  return { count: answers.length, p50: at(0.5), p99: at(0.99), max: at(1), slowest: slowest.q };
}

/** One word of 1 to 20 letters, as it begins, from inside or misspelt; or two or three words. */
function questionOf(random: () => number, users: number): Question {
  const person = personOf(1 + Math.floor(random() * users));
  const count = 1 + Math.floor(random() ** 2 * 3);
  const words = Array.from({ length: count }, () => wordOf(random, person));
  if (count > 1) return { kind: `${count} words`, q: words.join(' ') };
  return { kind: `1 word, ${[...words[0]!].length} letters`, q: words[0]! };
}

function wordOf(random: () => number, { username, email, firstName, lastName }: Person): string {
  const length = 1 + Math.floor(random() * 20);
  const fields = [username, email, firstName, lastName];
  const fitting = fields.filter((field) => field.length >= length);
  const letters = [...pick(random, fitting.length > 0 ? fitting : fields)];
  const how = random();
  const start = how < 0.5 ? 0 : Math.floor(random() * (letters.length - Math.min(length, letters.length) + 1));
  const word = letters.slice(start, start + length);
  if (how > 0.85 && word.length > 3) word.splice(1, 2, word[2]!, word[1]!);
  return word.join('');
}

/** What one would write without an index: every word in one of four columns, the better fits first. */
async function searchByIlike(postgres: Database, q: string): Promise<void> {
  const words = q.split(' ').map((word) => word.replace(/[\\%_]/g, '\\$&'));
  const some = (pattern: (at: number) => string) =>
    words.map((_, at) => `(${COLUMNS.map((column) => `${column} ILIKE ${pattern(at + 2)}`).join(' OR ')})`);
  await postgres.query(
    `SELECT id, username, email, first_name, last_name, is_active FROM users
     WHERE environment = $1 AND ${some((at) => `'%' || $${at}::text || '%'`).join(' AND ')}
     ORDER BY ${some((at) => `$${at}::text || '%'`).join(' DESC, ')} DESC, id LIMIT 20`,
    [ENVIRONMENT, ...words],
  );
}

const COLUMNS = ['username', 'email', 'first_name', 'last_name'];
