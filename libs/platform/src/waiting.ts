import { type Config, ConfigError } from './config.js';
import { type Logger } from './logging.js';
import { isOutage } from './outage.js';
import { type Queryable, refusalOf } from './postgres.js';
import { retry } from './retry.js';
import { within } from './within.js';

const SAID_AFTER_MS = 2_000;
const LONGEST_DELAY_MS = 200;

/** What a process needs before it can begin did not come in time: the message says what, and where it was expected. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** How a process waits at its start: whom it tells of what takes longer than two seconds, and how long it waits at most. */
export interface Waiting {
  tell(sentence: string): void;
  readonly deadlineMs: number;
}

/** As the setting says, and told to the app's log. */
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

/** Resolves once Postgres answers; one that refuses for another reason than being down is no use waiting for. */
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

/** What is waited for where it is Kafka: what is asked of it, and where it is. */
export const kafkaFor = (what: string, { kafkaBrokers }: Config): string =>
  `${what} in Kafka at ${kafkaBrokers.join(', ')} (KAFKA_BROKERS)`;
