import { randomUUIDv7 } from 'node:crypto';

/** A UUID of version 7 (RFC 9562): begins with the time, so that newer ids sort behind older ones in an index. */
export const newCommandId = (): string => randomUUIDv7();

/** When a command id was made, in milliseconds since the epoch. */
export function timeOfCommandId(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
