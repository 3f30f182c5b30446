import { type Readable } from 'node:stream';
import { Problem } from '../../problems.js';
import { type Share } from './bytes-in-hand.js';

/**
 * Adds all bytes of a stream to `into`. Rejects with `too-large` or `overloaded` as soon as it is so, with
 * `request-timeout` at the deadline (milliseconds as `performance.now` counts them) where there is one, with `invalid-request` and the
 * text of `broken` where the stream breaks. Whatever else the stream has is then the caller's to deal with.
 */
export function collect(stream: Readable, into: HeldBytes, broken: string, deadline?: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onData = (chunk: Buffer) => {
    try {
      into.add(chunk);
    } catch (error) {
      end(error);
    }
  };
  const onBroken = (cause?: Error) => end(new Problem('invalid-request', broken, { cause }));
  // At once, since the stream's `close` follows its `end`.
  const end = (error?: unknown) => {
    clearTimeout(timer);
    stream.off('data', onData).off('end', end).off('close', onBroken);
    if (error) reject(error);
    else resolve();
  };
  // Whole milliseconds: Node keeps a list of timers for each length there is.
  const timer = deadline && setTimeout(() => end(tooLate()), Math.ceil(deadline - performance.now()));
  // An error may come late, and one that nobody hears ends the process.
  stream.on('error', onBroken).on('data', onData).on('end', end).on('close', onBroken);
  return promise;
}

/**
 * A body as its bytes come, within its limit, with room taken for each. It is put together at once: pieces of a byte each
 * would take far more memory than they weigh.
 */
export class HeldBytes {
  private held: Buffer = Buffer.alloc(0);
  private length = 0;

  constructor(
    private readonly limit: number,
    private readonly share: Share,
  ) {}

  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (length > this.limit) throw tooLarge(this.limit);
    if (length > this.held.length) this.makeRoom(length);
    chunk.copy(this.held, this.length);
    this.length = length;
  }

  bytes(): Buffer {
    return this.held.subarray(0, this.length);
  }

  private makeRoom(length: number): void {
    const size = Math.min(this.limit, Math.max(length, 2 * this.held.length));
    this.share.grow(size - this.held.length);
    const room = Buffer.allocUnsafe(size);
    this.held.copy(room, 0, 0, this.length);
    this.held = room;
  }
}

export function tooLarge(limit: number): Problem {
  const inWords = limit >= 2 ** 20 ? `${limit / 2 ** 20} MiB` : `${limit / 2 ** 10} KiB`;
  return new Problem('too-large', `The body of this call takes at most ${inWords}, unpacked.`);
}

const tooLate = () =>
  new Problem('request-timeout', 'The body did not arrive in time.', { headers: { connection: 'close' } });
