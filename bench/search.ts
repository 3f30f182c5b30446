import type pg from 'pg';
import type * as Platform from '#platform';
import type * as Search from '#search';
import type * as SearchUsersQuery from '../libs/registry/src/users/queries/search-users.js';
import { Agent } from 'node:http';
import { type Load, load, send } from './load.ts';
import { countUsers, ENVIRONMENT, peopleOf, USERS, withViews, writeUsers } from './population.ts';
import { type Figure, quantile, rounded } from './report.ts';
import { HOSTILE, questionOf } from './search-questions.ts';
import type { BenchService } from './service.ts';

const built = async (path: string): Promise<unknown> => import(new URL(`../dist/libs/${path}`, import.meta.url).href);
const { Namespace, Postgres, prepared } = (await built('platform/src/index.js')) as typeof Platform;
const { mergeSearch, writeSearch } = (await built('search/src/index.js')) as typeof Search;
const { SearchUsers, SearchUsersHandler } = (await built(
  'registry/src/users/queries/search-users.js',
)) as typeof SearchUsersQuery;

const CLIENTS = 8;
const SECONDS = 20;
const BATCH = 500;
/** Written last, as a projector writes them, with the index there. */
const TIMED_USERS = 50_000;
const RECORDED = 1_000;
const ANALYSED = ['users', 'user_search', 'search_names'];
const NAIVE_SECONDS = 30;

/**
 * Searches through HTTP beside their own statements and beside four ILIKE, eight clients each. The load generator and
 * what is measured share the machine.
 */
export function benchSearch(): Promise<Figure[]> {
  return withViews(async (service, database) => {
    for (const table of ANALYSED) await database.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
    const written = await fill(database);
    await load(service, search, { clients: CLIENTS, seconds: 3 });
    const never = await load(service, search, { clients: CLIENTS, seconds: SECONDS });
    await database.query(`VACUUM ANALYZE ${ANALYSED.join(', ')}`);
    await load(service, search, { clients: CLIENTS, seconds: 3 });
    const ours = await load(service, search, { clients: CLIENTS, seconds: SECONDS });
    const bare = await replay(await recorded(service), service);
    const again = await load(service, search, { clients: CLIENTS, seconds: SECONDS });
    const one = await load(service, search, { clients: 1, seconds: SECONDS });
    const naive = await searchByIlike(service);
    show(ours);
    return [
      written,
      ...answerTimes(one, 'one client', 'p99 ≤ 10'),
      ...answerTimes(ours, `${CLIENTS} clients`, 'p99 ≤ 30'),
      ...rates([ours, again], bare, naive),
      unanalysed(never, ours),
      await slowestOfHostile(service),
    ];
  });
}

const search = (n: number) => ({
  method: 'GET',
  path: `/api/v3/users/search?q=${encodeURIComponent(questionOf(n, USERS).q)}`,
  // A word of nothing but white space.
  expect: questionOf(n, USERS).q.trim() === '' ? 400 : 200,
});

/** Most without the index, which is made at once; the rest as a projector writes it, which is timed. */
async function fill(database: pg.Client): Promise<Figure> {
  const definition = await database.query<{ indexdef: string }>(
    `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'user_search_tokens'`,
  );
  await database.query('DROP INDEX user_search_tokens');
  await writeAll(database, 1, USERS - TIMED_USERS);
  await database.query(`SET maintenance_work_mem = '512MB'; ${definition.rows[0]!.indexdef}`);
  const start = performance.now();
  await writeAll(database, USERS - TIMED_USERS + 1, USERS);
  const perSecond = (TIMED_USERS / (performance.now() - start)) * 1_000;
  await countUsers(database);
  // As a projector does behind its writes.
  const tx = prepared(database);
  mergeSearch(tx);
  await tx.answered();
  return { what: 'users written with all that the search keeps, behind 950,000, users/s', ours: rounded(perSecond) };
}

async function writeAll(database: pg.Client, first: number, last: number): Promise<void> {
  for (let from = first; from <= last; from += BATCH) {
    const people = peopleOf(from, from + BATCH - 1);
    await database.query('BEGIN');
    await writeUsers(database, people);
    const tx = prepared(database);
    writeSearch(
      tx,
      people.map((now) => ({ environment: now.environment, id: now.id, now })),
    );
    await tx.answered();
    await database.query('COMMIT');
  }
}

const viewsOf = (env: NodeJS.ProcessEnv, max: number) =>
  new Postgres(env['DATABASE_URL']!, new Namespace(env['TIDEMARK_NAMESPACE']!), { max });

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** The statements of searches, search by search. */
async function recorded({ env }: BenchService): Promise<Statement[][]> {
  const postgres = viewsOf(env, 1);
  const searches: Statement[][] = [];
  const noting = {
    prepared: {
      query: (text: string, values: unknown[]) => {
        searches.at(-1)!.push({ text, values });
        return postgres.prepared.query(text, values);
      },
    },
  };
  const handler = new SearchUsersHandler(noting as unknown as InstanceType<typeof Postgres>);
  try {
    for (let n = 0; n < RECORDED; n += 1) {
      searches.push([]);
      await handler.execute(new SearchUsers(ENVIRONMENT, questionOf(n, USERS).q, 20));
    }
  } finally {
    await postgres.close();
  }
  return searches;
}

/** Searches a second when clients do nothing but to send the same prepared statements and to wait for each. */
async function replay(searches: readonly Statement[][], { env }: BenchService): Promise<number> {
  const postgres = viewsOf(env, CLIENTS);
  let sent = 0;
  const once = async () => {
    for (const { text, values } of searches[sent++ % searches.length]!) await postgres.prepared.query(text, values);
  };
  try {
    await perSecondOf(once, 3);
    return await perSecondOf(once, SECONDS);
  } finally {
    await postgres.close();
  }
}

async function perSecondOf(once: () => Promise<unknown>, seconds: number): Promise<number> {
  let done = 0;
  const start = performance.now();
  const client = async () => {
    for (; performance.now() < start + seconds * 1_000; done += 1) await once();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return (done / (performance.now() - start)) * 1_000;
}

/** Searches a second by what one would write without an index: every word in one of four columns, better fits first. */
async function searchByIlike({ env }: BenchService): Promise<number> {
  const postgres = viewsOf(env, CLIENTS);
  let asked = 0;
  const once = () => {
    const words = questionOf(asked++, USERS)
      .q.split(' ')
      .map((word) => word.replace(/[\\%_]/g, '\\$&'));
    const some = (pattern: (at: number) => string) =>
      words.map((_, at) => `(${COLUMNS.map((column) => `${column} ILIKE ${pattern(at + 2)}`).join(' OR ')})`);
    return postgres.query(
      `SELECT id, username, email, first_name, last_name, is_active FROM users
       WHERE environment = $1 AND ${some((at) => `'%' || $${at}::text || '%'`).join(' AND ')}
       ORDER BY ${some((at) => `$${at}::text || '%'`).join(' DESC, ')} DESC, id LIMIT 20`,
      [ENVIRONMENT, ...words],
    );
  };
  try {
    return await perSecondOf(once, NAIVE_SECONDS);
  } finally {
    await postgres.close();
  }
}

const COLUMNS = ['username', 'email', 'first_name', 'last_name'];

const KINDS = [
  '1 word of 1 to 3 letters',
  '1 word of 4 to 8 letters',
  '1 word of 9 to 20 letters',
  '2 words',
  '3 words',
];

const letters = (kind: string) => Number(/^1 word of (\d+)$/.exec(kind)?.[1] ?? NaN);
const groupOf = (kind: string) => {
  const count = letters(kind);
  if (Number.isNaN(count)) return kind;
  return KINDS[count <= 3 ? 0 : count <= 8 ? 1 : 2]!;
};

function answerTimes({ p50, p99, answers }: Load, clients: string, most: string): Figure[] {
  const groups = Map.groupBy(answers, ({ n }) => groupOf(questionOf(n, USERS).kind));
  const of = (times: readonly number[]) => [0.5, 0.99].map((share) => rounded(quantile(times, share))).join(' / ');
  return [
    { what: `all, ${clients}: p50 / p99 ms`, ours: `${rounded(p50)} / ${rounded(p99)}`, asked: most },
    ...KINDS.map((kind) => ({
      what: `${kind}, ${clients}: p50 / p99 ms`,
      ours: of((groups.get(kind) ?? []).map(({ ms }) => ms)),
      asked: most,
    })),
  ];
}

function rates(loads: readonly Load[], bare: number, naive: number): Figure[] {
  // Before and after what it stands beside.
  const ours = loads.reduce((sum, { perSecond }) => sum + perSecond, 0) / loads.length;
  return [
    {
      what: 'searches/s through HTTP, beside their own statements, prepared and sent by a bare loop',
      ours: rounded(ours),
      beside: rounded(bare),
      ratio: rounded(ours / bare),
      asked: '≥ 0.7',
    },
    {
      what: 'searches/s through HTTP, beside four ILIKE for the same words',
      ours: rounded(ours),
      beside: rounded(naive),
      ratio: rounded(ours / naive),
      asked: '≥ 20',
    },
  ];
}

function unanalysed(never: Load, ours: Load): Figure {
  return {
    what: 'searches/s while the tables were never analysed, beside the same afterwards',
    ours: rounded(never.perSecond),
    beside: rounded(ours.perSecond),
    ratio: rounded(never.perSecond / ours.perSecond),
    asked: '≥ 0.67',
  };
}

/** Words that cost most, one query at a time, each asked twice; a refusal counts as well. */
async function slowestOfHostile(service: BenchService): Promise<Figure> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  let refused = 0;
  for (const q of [...HOSTILE, ...HOSTILE]) {
    const path = `/api/v3/users/search?q=${encodeURIComponent(q)}`;
    const start = performance.now();
    const answer = await send(agent, service, { method: 'GET', path, expect: 200 }).catch((error: Error) => error);
    times.push(performance.now() - start);
    if (answer instanceof Error) {
      if (!answer.message.includes(' answered 503')) throw answer;
      refused += 1;
    }
    console.log(`${times.at(-1)!.toFixed(0)} ms: ${q}${answer instanceof Error ? ' (refused)' : ''}`);
  }
  agent.destroy();
  const what = `${HOSTILE.length} hostile queries, one at a time: median / slowest ms, of which refused`;
  return { what, ours: `${rounded(quantile(times, 0.5))} / ${rounded(Math.max(...times))}, ${refused / 2}` };
}

/** By each number of letters, and the slowest. */
function show({ answers }: Load): void {
  const kinds = [...Map.groupBy(answers, ({ n }) => questionOf(n, USERS).kind)];
  kinds.sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const row = (times: readonly number[]) => ({
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    n: times.length,
  });
  console.table(Object.fromEntries(kinds.map(([kind, group]) => [kind, row(group.map(({ ms }) => ms))])));
  const slowest = answers.toSorted((a, b) => b.ms - a.ms).slice(0, 10);
  for (const { n, ms } of slowest) console.log(`${ms.toFixed(0)} ms: ${questionOf(n, USERS).q}`);
}
