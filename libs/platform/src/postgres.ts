import { type Duplex } from 'node:stream';
import {
  type ClientBase,
  type Connection,
  Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResultRow,
  types,
} from 'pg';
import { arrayLiteral } from './array-literal.js';
import { CopyIn } from './copy-in.js';
import { parseExactly } from './exact-json.js';
import { FOLD_NAMES, type Namespace } from './namespace.js';
import { tlsFault } from './tls.js';

// Counts and positions stay far below 2^53, so numbers are exact.
types.setTypeParser(types.builtins.INT8, Number);
// Keeps numbers in JSON as they were written.
types.setTypeParser(types.builtins.JSON, parseExactly);

/** Whatever runs a statement: the pool or a transaction's connection. */
export interface Queryable {
  query<Row extends QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** The connection of a transaction. */
export interface Transaction extends Queryable {
  /** Sends a statement whose answer nobody waits for: where it fails, the transaction does. */
  send(text: string, values?: unknown[]): void;
  /** Sends rows in COPY's text format behind a `COPY … FROM STDIN`. Nobody has to wait for the answer. */
  copy(statement: string, rows: Buffer): Promise<void>;
  /** Resolves when all that was sent has been answered; throws the first failure. */
  answered(): Promise<void>;
}

const names = new Map<string, string>();

/**
 * Runs statements as prepared ones, parsed and planned once per connection: for statements with few distinct texts, whose
 * plan is equally good for all values.
 */
export function prepared(db: ClientBase): Transaction;
export function prepared(db: Pool): Queryable;
export function prepared(db: Pool | ClientBase): Queryable | Transaction {
  const query: Queryable['query'] = async (text, values) => {
    if (!(db instanceof Pool)) travelTogether(db);
    return db.query(statementOf(text, values));
  };
  return db instanceof Pool ? { query } : { query, ...sending(db) };
}

/** Throws for a value that Postgres has no way to write. */
function statementOf(text: string, values?: unknown[]): QueryConfig {
  const name = names.get(text) ?? `statement_${names.size}`;
  names.set(text, name);
  return { name, text, values: values?.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value)) };
}

function sending(connection: ClientBase): Omit<Transaction, 'query'> {
  return {
    send(text, values) {
      // What cannot be sent throws here: Postgres would not know of it, and would commit what stands beside it.
      const statement = statementOf(text, values);
      travelTogether(connection);
      leaveUnanswered(connection, connection.query(statement));
    },
    copy(statement, rows) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      travelTogether(connection);
      void connection.query(new CopyIn(statement, rows, (error) => (error ? reject(error) : resolve())));
      leaveUnanswered(connection, promise);
      return promise;
    },
    answered: () => together(takeUnanswered(connection)),
  };
}

/** What was sent in the transaction of a connection without waiting for the answer. */
const unanswered = new WeakMap<ClientBase, Promise<unknown>[]>();

function leaveUnanswered(connection: ClientBase, answer: Promise<unknown>): void {
  // Whoever ends the transaction is told.
  answer.catch(() => undefined);
  const answers = unanswered.get(connection) ?? [];
  answers.push(answer);
  unanswered.set(connection, answers);
}

function takeUnanswered(connection: ClientBase): Promise<unknown>[] {
  const answers = unanswered.get(connection) ?? [];
  unanswered.delete(connection);
  return answers;
}

/** The sockets whose statements are being collected. */
const collecting = new WeakSet<Duplex>();

/** What is asked on a connection in this turn of the event loop goes out in one write, not in one a statement. */
function travelTogether(connection: ClientBase): void {
  const { stream } = (connection as ClientBase & { readonly connection: Connection }).connection;
  if (collecting.has(stream)) return;
  collecting.add(stream);
  stream.cork();
  process.nextTick(() => {
    collecting.delete(stream);
    stream.uncork();
  });
}

const UNDONE_ALREADY = '25P02';

/**
 * Waits for concurrent statements of a transaction, then throws the first failure if any: nothing may still be sent when the
 * transaction is rolled back and its connection goes back to the pool. Statements refused only because another one had failed
 * are not reported.
 */
export async function together(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  if (failures.length === 0) return;
  throw failures.find((failure) => (failure as { code?: unknown }).code !== UNDONE_ALREADY) ?? failures[0];
}

/** Has a transaction wait for the disk where its connection does not, as a replay's do not; what a server asks for beyond stays. */
export const WAIT_FOR_THE_DISK = `SELECT set_config('synchronous_commit', 'on', true)
  WHERE current_setting('synchronous_commit') = 'off'`;

/** Takes an advisory lock until the transaction ends: one at a time runs, of all processes, and sees what those before it made. */
export async function takeTurn(tx: Queryable, name: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [name]);
  // A session learns of schemas that others made when it locks a table, not when it waits for an advisory lock.
  await tx.query('SELECT FROM pg_namespace LIMIT 0');
}

// Ours wait for nothing but Postgres, so one that idles for longer belongs to a frozen process.
const FROZEN_MS = 5_000;

// A new connection, or one that others use.
const CONNECTING_MS = 5_000;

/** How long to wait for a connection: `connect_timeout` of the connection string, in seconds, as libpq reads it (0: for ever). */
export function connectTimeoutMs(url: string): number {
  const seconds = URL.parse(url)?.searchParams.get('connect_timeout');
  return seconds ? Number(seconds) * 1_000 : CONNECTING_MS;
}

// A statement without an answer for so long is taken to run on a dead connection.
const UNANSWERED_MS = 30_000;

// So much later the server ends it, where the connection lives: never before whoever asked has given it up.
const GIVEN_UP_MS = 1_000;

interface PostgresOptions {
  /** What the server knows the connections by; the namespace when left out. */
  readonly name?: string;
  readonly max?: number;
  readonly onError?: (error: Error) => void;
  /** For how long a statement may run; 0 for as long as it takes, also to get a connection. */
  readonly queryTimeoutMs?: number;
  /** Where bare names are found instead of in the live generation. */
  readonly schemas?: readonly string[];
  /** Parameters of each session beside those that all have, or instead of them. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Connections on which the views of the live generation are found by their bare names, unless told otherwise. */
export class Postgres {
  readonly pool: Pool;
  /** See `prepared`. */
  readonly prepared: Queryable;

  constructor(url: string, namespace: Namespace, options: PostgresOptions = {}) {
    const unansweredMs = options.queryTimeoutMs ?? UNANSWERED_MS;
    const schemas = options.schemas ?? FOLD_NAMES.map((fold) => namespace.views(fold));
    const settings = {
      search_path: [...schemas, 'public'].join(','),
      // A process that is frozen in the middle of a transaction must not hold its locks against its successor for ever.
      idle_in_transaction_session_timeout: FROZEN_MS,
      // To compile one statement takes longer than any of ours runs, and the planner's guess of a cost is all that it takes.
      jit: 'off',
      // What nobody waits for any more does not go on.
      statement_timeout: unansweredMs && unansweredMs + GIVEN_UP_MS,
      ...options.settings,
    };
    this.pool = new Pool({
      connectionString: url,
      max: options.max ?? 10,
      connectionTimeoutMillis: options.queryTimeoutMs === 0 ? 0 : connectTimeoutMs(url),
      // What is asked on one connection without waiting in between travels together.
      pipeline: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      query_timeout: unansweredMs,
      application_name: options.name ?? namespace.name,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    });
    this.prepared = prepared(this.pool);
    // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
    this.pool.on('error', (error) => options.onError?.(error));
  }

  query<Row extends QueryResultRow>(text: string, values?: unknown[]) {
    return this.pool.query<Row>(text, values);
  }

  /**
   * Rolls back when `work` throws or a statement fails that it left unanswered, and passes the error on; that of the
   * connection where it was lost meanwhile. BEGIN travels with the first statements of the work, and COMMIT with the last:
   * behind one that has failed it undoes.
   */
  async transaction<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
    const tx = await this.pool.connect();
    let lost: Error | undefined;
    // The pool listens to idle connections alone: without a listener, losing this one would end the process.
    const onLost = (error: Error) => (lost = error);
    tx.on('error', onLost);
    try {
      travelTogether(tx);
      leaveUnanswered(tx, tx.query('BEGIN'));
      const result = await work(tx);
      await commit(tx);
      tx.release();
      return result;
    } catch (error) {
      // Taken before somebody else has the connection.
      const answers = takeUnanswered(tx);
      await endTransaction(tx, error as Error);
      throw lost ?? (await firstFailure(answers, error));
    } finally {
      // One that was lost may say so once more.
      if (lost === undefined) tx.off('error', onLost);
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

async function commit(tx: ClientBase): Promise<void> {
  const committing = tx.query('COMMIT');
  await together([...takeUnanswered(tx), committing]);
  // Postgres says so, and no more, where the transaction had failed before.
  const { command } = await committing;
  if (command !== 'COMMIT') throw new Error('the transaction was undone by a statement that nobody waited for');
}

/** What undid the transaction, where `error` only says that it was undone. */
async function firstFailure(answers: readonly Promise<unknown>[], error: unknown): Promise<unknown> {
  if ((error as { code?: unknown }).code !== UNDONE_ALREADY) return error;
  return together(answers).then(
    () => error,
    (first: unknown) => first,
  );
}

// A role, a password, a rule of pg_hba.conf or a database: what it says names no password.
const REFUSED = /^(28000|28P01|3D000)$/;

/** Why no waiting will help: who we are, or the certificate, is refused. */
export function refusalOf(error: Error): string | undefined {
  const fault = tlsFault(error);
  if (fault) return `${fault}; name the authority that signed it: sslmode=verify-full&sslrootcert=/path/of/ca.pem`;
  const isRefused = REFUSED.test(String((error as { code?: unknown }).code)) || error.message.startsWith('SASL:');
  if (isRefused) return `PostgreSQL refuses the connection (${error.message})`;
  if (error.message.includes('does not support SSL')) return 'sslmode asks for TLS, which this server does not speak';
  return undefined;
}

/** Rolls back; a connection that can't is broken and is destroyed rather than returned to the pool. */
async function endTransaction(tx: PoolClient, error: Error): Promise<void> {
  // The statement without an answer would hold up the ROLLBACK for as long again.
  if (/^Query read timeout/.test(error.message)) return tx.release(error);
  await tx.query('ROLLBACK').then(
    () => tx.release(),
    (broken: Error) => tx.release(broken),
  );
}
