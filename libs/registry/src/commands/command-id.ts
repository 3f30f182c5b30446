import { randomBytes } from 'node:crypto';

/** A UUID of version 7 (RFC 9562): begins with the time, so that newer ids sort behind older ones in an index. */
export function newCommandId(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** When a command id was made, in milliseconds since the epoch. */
export function timeOfCommandId(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
