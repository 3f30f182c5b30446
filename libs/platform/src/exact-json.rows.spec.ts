import { expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mayLoseDigits, parseExactly } from './exact-json.js';

// In a file of its own: how V8 compiles an expression depends on the first texts that it sees.
it('a row of digits is looked at once, so that a long one holds nobody up', async () => {
  for (let n = 0; n < 2_000; n += 1) mayLoseDigits(n % 2 ? '' : '{"a":"b","c":true}');
  const many = '1'.repeat(128 * 1024);
  expect(mayLoseDigits(`{"a":"x${many},"}`)).toBe(false);
  expect(JSON.stringify(parseExactly(`{"a":1.${many}}`))).toBe(`{"a":1.${many}}`);
  // Where the test's deadline has passed, it is found out in between alone.
  await nextTurn();
  await nextTurn();
});
