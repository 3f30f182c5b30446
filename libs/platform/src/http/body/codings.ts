import { type Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import { Problem } from '../../problems.js';
import { collect, type HeldBytes } from './collect.js';

type Decoder = Duplex & { readonly bytesWritten: number };
type NewDecoder = (body: Buffer) => Decoder;

/** How far a frame of zstd may look back, in bits, as RFC 9659 has it: more would be memory that nobody has weighed. */
const ZSTD_WINDOW = 23;
const zstd = () => zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW } });

/** "deflate" is zlib's format (RFC 9110, 8.4.1.2), but some send what is inside of it alone. */
const inflate = (body: Buffer) => ((body[0]! & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw());

const DECODERS = new Map<string, NewDecoder>([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', inflate],
  ['br', () => zlib.createBrotliDecompress()],
  ['zstd', zstd],
]);

/** The codings of a body that are read, as `Accept-Encoding` names them. */
export const CODINGS = 'gzip, deflate, br, zstd';
/** A frame may hold nothing: so many are no way to send anything. */
const MOST_FRAMES = 1_000;

/** What unpacks bodies of this `Content-Encoding`, none where they are not packed; throws `unsupported-media-type`. */
export function decoderOf(encoding = ''): NewDecoder | undefined {
  const coding = encoding.trim().toLowerCase();
  if (coding === '' || coding === 'identity') return undefined;
  const decoder = DECODERS.get(coding);
  if (decoder) return decoder;
  throw new Problem('unsupported-media-type', `The Content-Encoding of a body is one of ${CODINGS}.`, {
    headers: { 'accept-encoding': CODINGS },
  });
}

/** Unpacks a body into `into`: all of its frames, while Node's decoders (but gzip's) end with the first. Rejects as `collect` does. */
export async function unpack(body: Buffer, newDecoder: NewDecoder, into: HeldBytes): Promise<void> {
  for (let at = 0, frames = 1; at < body.length || frames === 1; frames += 1) {
    if (frames > MOST_FRAMES) throw new Problem('too-large', `A body takes at most ${MOST_FRAMES} packed frames.`);
    const frame = body.subarray(at);
    const decoder = newDecoder(frame);
    decoder.end(frame);
    await collect(decoder, into, 'The body is not what its Content-Encoding says.').finally(() => decoder.destroy());
    at += decoder.bytesWritten;
  }
}
