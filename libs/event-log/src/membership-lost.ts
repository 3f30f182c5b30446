/** The log was out of reach for longer than kafkajs retries: joining the group again may help. */
export class MembershipLost extends Error {
  override readonly name = 'MembershipLost';

  constructor(cause: unknown) {
    super('the consumer lost the log', { cause });
  }
}

/** The error of a request to Kafka, as `MembershipLost` where kafkajs says that another try could help. */
export function asLost(error: unknown): unknown {
  return isRetriable(error) ? new MembershipLost(error) : error;
}

function isRetriable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'KafkaJSNumberOfRetriesExceeded') return true;
    if ('retriable' in cause && cause.retriable === true) return true;
  }
  return false;
}
