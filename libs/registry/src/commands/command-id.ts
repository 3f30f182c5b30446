import { randomUUID } from 'node:crypto';

/** A UUID of version 7 (RFC 9562): begins with the time, so that newer ids sort behind older ones in an index. */
export function newCommandId(now = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // All but the version of one of version 4, of which Node keeps a stock.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** When a command id was made, in milliseconds since the epoch. */
export function timeOfCommandId(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
