import { type Config, ConfigError } from './config.js';
import { type Logger } from './logging.js';
import { isOutage } from './outage.js';
import { type Queryable, refusalOf } from './postgres.js';
import { retry } from './retry.js';
import { within } from './within.js';

const SAID_AFTER_MS = 2_000;
const LONGEST_DELAY_MS = 200;

/** A dependency was not there in time at the start of a process: the message says which, and where it was expected. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** How a process waits at its start: `tell` is called for what takes longer than two seconds. */
export interface Waiting {
  tell(sentence: string): void;
  readonly deadlineMs: number;
}

/** The deadline of the settings, and the app's log to tell. */
export function waitingOf(config: Config, logger: Logger): Waiting {
  return { tell: (sentence) => logger.warn(sentence), deadlineMs: config.startTimeoutMs };
}

/** Settles as `work` does, or throws `NotInTime`; what is under way is not ended by that. */
export function waitFor<T>(waiting: Waiting, what: string, work: Promise<T>): Promise<T> {
  const { deadlineMs } = waiting;
  const late = new NotInTime(`waited ${deadlineMs / 1000} s (TIDEMARK_START_TIMEOUT) for ${what}`);
  return within(deadlineMs, saying(waiting, what, work), late);
}

/** Settles as `work` does, however long that takes, and says after two seconds what is waited for. */
export async function saying<T>(
  { tell }: Pick<Waiting, 'tell'>,
  what: string | (() => string),
  work: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => tell(`waiting for ${typeof what === 'string' ? what : what()}`), SAID_AFTER_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves once Postgres answers. Throws at once where it refuses for another reason than being down. */
export async function waitForPostgres(waiting: Waiting, config: Config, postgres: Queryable): Promise<void> {
  let reason: Error | undefined;
  const onFailure = (error: unknown) => {
    const refusal = refusalOf(error as Error);
    if (refusal) throw new ConfigError(`DATABASE_URL: ${refusal}`);
    if (!isOutage(error)) throw error;
    reason = error as Error;
  };
  const over = new AbortController();
  const ask = () => postgres.query('SELECT 1');
  const answer = retry(ask, { longestMs: LONGEST_DELAY_MS, onFailure, signal: over.signal });
  try {
    await waitFor(waiting, `Postgres at ${new URL(config.databaseUrl).host} (DATABASE_URL)`, answer);
  } catch (error) {
    throw error instanceof NotInTime && reason ? new NotInTime(`${error.message}: ${reason.message}`) : error;
  } finally {
    over.abort();
  }
}

/** Names something in Kafka that is waited for, with the brokers' addresses. */
export const kafkaFor = (what: string, { kafkaBrokers }: Config): string =>
  `${what} in Kafka at ${kafkaBrokers.join(', ')} (KAFKA_BROKERS)`;
