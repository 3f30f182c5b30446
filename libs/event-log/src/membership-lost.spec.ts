import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { LogMismatch } from '#event-sourcing';
import { asLost, MembershipLost } from './membership-lost.js';

/** kafkajs exports more errors, and takes other arguments, than its types say. */
function kafkaError(name: string): Error {
  const constructors = kafkajs as unknown as Record<string, new (message: Error, options: object) => Error>;
  const KafkaError = constructors[name];
  if (!KafkaError) throw new Error(`kafkajs has no ${name}`);
  const error = new KafkaError(new Error('what happened'), {});
  expect(error.name).toBe(name);
  return error;
}

describe('an error of a consumer', () => {
  test.each([
    ['a connection that closed', kafkaError('KafkaJSConnectionClosedError')],
    ['no broker in reach', kafkaError('KafkaJSNoBrokerAvailableError')],
    ['a coordinator that is not there yet', kafkaError('KafkaJSGroupCoordinatorNotFound')],
    ['a lock that was held too long', kafkaError('KafkaJSLockTimeout')],
    ['what was retried often', kafkaError('KafkaJSNumberOfRetriesExceeded')],
    ['what was wrapped on its way', new Error('outer', { cause: kafkaError('KafkaJSConnectionError') })],
  ])('is cured by joining again: %s', (_what, error) => {
    expect(asLost(error)).toBeInstanceOf(MembershipLost);
    expect(asLost(error)).toHaveProperty('cause', error);
  });

  test.each([
    ['a mistake in the program', new TypeError('x is not a function')],
    ['a log that does not fit', new LogMismatch('another log')],
    ['what the broker will never do', kafkaError('KafkaJSNonRetriableError')],
  ])('is final: %s', (_what, error) => {
    expect(asLost(error)).toBe(error);
  });
});
