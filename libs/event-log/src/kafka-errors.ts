import { ConfigError, tlsFault } from '#platform';

/** The log was out of reach for longer than kafkajs retries: joining the group again may help. */
export class MembershipLost extends Error {
  override readonly name = 'MembershipLost';

  constructor(cause: unknown) {
    super('the consumer lost the log', { cause });
  }
}

/** As kafkajs makes them: `type` is the broker's own name of the error. */
interface KafkaError extends Error {
  readonly type?: string;
  readonly retriable?: boolean;
}

/** kafkajs's SASL error where it is the broker's word on mechanism, user or password. */
const SASL_TYPES = /^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/;
const RIGHTS = /^(TOPIC|GROUP|CLUSTER)_AUTHORIZATION_FAILED$/;
/** kafkajs gives a connection that broke while it authenticated the same name as a wrong password. */
const BROKEN_OFF = /connect|timed out/i;

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
 * The error of a request to Kafka, as a `ConfigError` where the broker or its certificate was refused for good, so that
 * waiting helps nobody. Other errors stay as they are.
 */
export function asConfigError(error: unknown): unknown {
  const sentence = withCauses(error).map(sentenceOf).find(Boolean);
  return sentence ? new ConfigError(sentence, { cause: error }) : error;
}

/**
 * The error of a request to Kafka, as `MembershipLost` where another try could help; where only another setting could, as
 * the `ConfigError` that says which.
 */
export function asMembershipLost(thrown: unknown): unknown {
  const error = asConfigError(thrown);
  return error === thrown && withCauses(error).some(isPassing) ? new MembershipLost(error) : error;
}

export function isUnknownTopic(error: unknown): boolean {
  return withCauses(error).some(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION');
}

function withCauses(error: unknown): KafkaError[] {
  return error instanceof Error ? [error, ...withCauses(error.cause)] : [];
}

function sentenceOf(error: KafkaError): string | undefined {
  const { type = '', message } = error;
  const fault = tlsFault(error);
  if (fault) return `KAFKA_TLS_CA: ${fault}; set it to the certificate of the authority that signed those of Kafka`;
  if (SASL_TYPES.test(type) || (isOfAuthentication(error) && !BROKEN_OFF.test(message)))
    return `KAFKA_SASL: Kafka refuses the mechanism, the user or the password (${message})`;
  if (RIGHTS.test(type)) return `KAFKA_SASL: Kafka does not grant its user what is needed (${message})`;
  return undefined;
}

function isPassing(error: KafkaError): boolean {
  const { name, type = '', retriable, message } = error;
  if (retriable === true || PASSING.has(name) || PASSING.has(type)) return true;
  return isOfAuthentication(error) && BROKEN_OFF.test(message);
}

const isOfAuthentication = ({ name }: Error) => name === 'KafkaJSSASLAuthenticationError';
