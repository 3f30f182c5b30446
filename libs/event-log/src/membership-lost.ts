import { asConfigError, isBrokenOffAuthentication } from './config-errors.js';

/** The log was out of reach for longer than kafkajs retries: joining the group again may help. */
export class MembershipLost extends Error {
  override readonly name = 'MembershipLost';

  constructor(cause: unknown) {
    super('the consumer lost the log', { cause });
  }
}

/**
 * What kafkajs calls final and joining again cures: no broker could tell the coordinator (a broker that has just
 * started is still making it), answers took too long, and members that the coordinator has given up.
 */
const PASSING = new Set([
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSTimeout',
  'NoAnswer',
  'LogUnavailable',
  'KafkaJSLockTimeout',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
]);

/**
 * The error of a request to Kafka, as `MembershipLost` where another try could help; where only another setting could, as
 * the `ConfigError` that says which.
 */
export function asMembershipLost(thrown: unknown): unknown {
  const error = asConfigError(thrown);
  if (error !== thrown) return error;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isPassing(cause)) return new MembershipLost(error);
  }
  return error;
}

function isPassing(error: Error): boolean {
  const { name, retriable, type = '' } = error as Error & { retriable?: boolean; type?: string };
  return retriable === true || PASSING.has(name) || PASSING.has(type) || isBrokenOffAuthentication(error);
}
