import { dice } from './search-people.ts';

/** Users that act; their ids all have five digits, so that a body can be written over in place. */
export const FIRST_USER = 10_000;
export const USERS = 10_000;

const LINE =
  '{"id":"0000000000","userId":00000,"type":"kind.0","data":{"path":"/docs/section/page","milliseconds":123}}\n';
const [ID, USER, KIND] = [7, 28, 47];

/**
 * NDJSON bodies of so many activities each, no two activities alike: numbered ids, of users and types at random. The
 * same buffer is written over by each call.
 */
export function activityBodies(size: number, seed: number, users = USERS): () => Buffer {
  const body = Buffer.from(LINE.repeat(size));
  const random = dice(seed);
  let number = seed * 100_000_000;
  return () => {
    for (let line = 0; line < body.length; line += LINE.length) {
      writeDigits(body, line + ID, 10, (number += 1));
      writeDigits(body, line + USER, 5, FIRST_USER + Math.floor(random() * users));
      writeDigits(body, line + KIND, 1, Math.floor(random() * 4));
    }
    return body;
  };
}

function writeDigits(body: Buffer, at: number, digits: number, value: number): void {
  for (let place = at + digits - 1; place >= at; place -= 1) {
    body[place] = 48 + (value % 10);
    value = Math.floor(value / 10);
  }
}
