import { expect, test } from '@jest/globals';
import { kafkaClient } from './kafka-client.js';

test('hides the one warning that kafkajs causes on Node 24, and no other', () => {
  const emit = process.emitWarning.bind(process);
  const heard: unknown[] = [];
  process.emitWarning = (warning: string | Error) => heard.push(warning);
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  kafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'test', logger });
  process.emitWarning('-1 is a negative number.', 'TimeoutNegativeWarning');
  process.emitWarning('something else', 'DeprecationWarning', 'DEP0001');
  process.emitWarning = emit;
  expect(heard).toEqual(['something else']);
});
