import { ConfigError, tlsFault } from '#platform';

/** kafkajs's SASL error where it is the broker's word on mechanism, user or password. */
const SASL_TYPES = /^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/;
const RIGHTS = /^(TOPIC|GROUP|CLUSTER)_AUTHORIZATION_FAILED$/;
/** kafkajs gives a connection that broke while it authenticated the same name as a wrong password. */
const BROKEN_OFF = /connect|timed out/i;

interface KafkaError extends Error {
  readonly type?: string;
}

/**
 * The error of a request to Kafka, as a `ConfigError` where the broker or its certificate was refused for good, so that
 * waiting helps nobody. Other errors stay as they are.
 */
export function asConfigError(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const sentence = sentenceOf(cause);
    if (sentence) return new ConfigError(sentence, { cause: error });
  }
  return error;
}

/** Whether the connection broke while it was being authenticated. */
export function isBrokenOffAuthentication({ name, message }: Error): boolean {
  return name === 'KafkaJSSASLAuthenticationError' && BROKEN_OFF.test(message);
}

function sentenceOf(error: KafkaError): string | undefined {
  const { name, type = '', message } = error;
  const fault = tlsFault(error);
  if (fault) return `KAFKA_TLS_CA: ${fault}; set it to the certificate of the authority that signed those of Kafka`;
  if (SASL_TYPES.test(type) || (name === 'KafkaJSSASLAuthenticationError' && !isBrokenOffAuthentication(error)))
    return `KAFKA_SASL: Kafka refuses the mechanism, the user or the password (${message})`;
  if (RIGHTS.test(type)) return `KAFKA_SASL: Kafka does not grant its user what is needed (${message})`;
  return undefined;
}
