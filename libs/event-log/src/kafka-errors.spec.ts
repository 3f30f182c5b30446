import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { LogMismatch, LogUnavailable } from '#event-sourcing';
import { ConfigError, NoAnswer } from '#platform';
import { asMembershipLost, MembershipLost } from './kafka-errors.js';

/** kafkajs exports more errors, and takes other arguments, than its types say. */
function kafkaError(name: string): Error {
  const constructors = kafkajs as unknown as Record<string, new (message: Error, options: object) => Error>;
  const KafkaError = constructors[name];
  if (!KafkaError) throw new Error(`kafkajs has no ${name}`);
  const error = new KafkaError(new Error('what happened'), {});
  expect(error.name).toBe(name);
  return error;
}

/** As kafkajs gives the error of a socket: by its code and text, at times wrapped in what it gave up. */
function networkError(code: string): Error {
  const constructors = kafkajs as unknown as { KafkaJSConnectionError: new (text: string, more: object) => Error };
  return new constructors.KafkaJSConnectionError(`Connection error: ${code}`, { broker: 'kafka-1:9092', code });
}

function saslError(message: string): Error {
  const error = kafkaError('KafkaJSSASLAuthenticationError');
  error.message = message;
  return error;
}

function brokerError(type: string): Error {
  return Object.assign(new kafkajs.KafkaJSProtocolError(new Error(`${type}, as the broker says it`)), {
    type,
    retriable: false,
  });
}

const givenUp = (cause: Error) => new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 1, retryTime: 1 });

describe('an error of a consumer', () => {
  test.each([
    'EAI_AGAIN',
    'ECONNABORTED',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTDOWN',
    'EHOSTUNREACH',
    'ENETDOWN',
    'ENETUNREACH',
    'ENOTFOUND',
    'EPIPE',
    'ETIMEDOUT',
  ])('is cured by joining again where the network failed: %s', (code) => {
    expect(asMembershipLost(networkError(code))).toBeInstanceOf(MembershipLost);
    expect(asMembershipLost(givenUp(networkError(code)))).toBeInstanceOf(MembershipLost);
  });

  test.each([
    ['a certificate that nobody known has signed', networkError('SELF_SIGNED_CERT_IN_CHAIN'), /KAFKA_TLS_CA/],
    ['a certificate that has expired', networkError('CERT_HAS_EXPIRED'), /CERT_HAS_EXPIRED/],
    ['a certificate of another server', networkError('ERR_TLS_CERT_ALTNAME_INVALID'), /not trusted/],
    ['a broker that refuses ours', networkError('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /no TLS/],
    ['a wrong password', saslError('Authentication failed: Invalid username or password'), /KAFKA_SASL.*Invalid/],
    ['a mechanism that the broker does not have', brokerError('UNSUPPORTED_SASL_MECHANISM'), /KAFKA_SASL/],
    ['a topic that it may not read', brokerError('TOPIC_AUTHORIZATION_FAILED'), /does not grant/],
    ['a group that it may not join', givenUp(brokerError('GROUP_AUTHORIZATION_FAILED')), /does not grant/],
  ])('is final and told in a sentence: %s', (_what, error, sentence) => {
    const told = asMembershipLost(error) as Error;
    expect(told).toBeInstanceOf(ConfigError);
    expect(told.message).toMatch(sentence);
    expect(told.message).not.toContain('\n');
  });

  test.each([
    ['broke', 'SASL SCRAM SHA512 authentication failed: Closed connection'],
    ['was not answered', 'SASL PLAIN authentication failed: Request SaslAuthenticate(key: 36, version: 1) timed out'],
  ])('is cured by joining again where the connection %s while it was authenticated', (_what, message) => {
    expect(asMembershipLost(new Error('outer', { cause: saslError(message) }))).toBeInstanceOf(MembershipLost);
  });

  test.each([
    ['a connection that closed', kafkaError('KafkaJSConnectionClosedError')],
    ['no broker in reach', kafkaError('KafkaJSNoBrokerAvailableError')],
    ['a coordinator that is not there yet', kafkaError('KafkaJSGroupCoordinatorNotFound')],
    ['a lock that was held too long', kafkaError('KafkaJSLockTimeout')],
    ['no answer in time', new NoAnswer('no answer in 10000 ms')],
    ['a log that does not answer', new LogUnavailable('the log does not answer')],
    ['what was retried often', kafkaError('KafkaJSNumberOfRetriesExceeded')],
    ['what was wrapped on its way', new Error('outer', { cause: kafkaError('KafkaJSConnectionError') })],
  ])('is cured by joining again: %s', (_what, error) => {
    expect(asMembershipLost(error)).toBeInstanceOf(MembershipLost);
    expect(asMembershipLost(error)).toHaveProperty('cause', error);
  });

  test.each([
    ['a mistake in the program', new TypeError('x is not a function')],
    ['a log that does not fit', new LogMismatch('another log')],
    ['what the broker will never do', kafkaError('KafkaJSNonRetriableError')],
  ])('is final: %s', (_what, error) => {
    expect(asMembershipLost(error)).toBe(error);
  });
});
