import { createReadStream, statSync } from 'node:fs';
import { type Readable } from 'node:stream';
import { ImportError } from './import-error.js';

/** Where lines come from. */
export interface LineInput {
  /** As a person would name it. */
  readonly name: string;
  /** Bytes, where that is known. */
  readonly size: number | undefined;
  /** Set where it can be read again from any place. */
  readonly path?: string;
  /** What stands behind so many bytes. */
  open(start: number): Readable;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * A file by its path, or what comes in as a stream.
 * @throws ImportError where there is no such file
 */
export function lineInput(from: string | Readable): LineInput {
  if (typeof from !== 'string') return { name: 'standard input', size: undefined, open: () => from };
  let found;
  try {
    found = statSync(from, { throwIfNoEntry: false });
  } catch (error) {
    throw new ImportError(`${from} cannot be read: ${(error as Error).message}.`);
  }
  if (!found) throw new ImportError(`There is no file ${from}.`);
  if (found.isDirectory()) throw new ImportError(`${from} is a folder; one file is imported at a time.`);
  const open = (start?: number) => createReadStream(from, { start, highWaterMark: CHUNK_BYTES });
  if (found.isFile()) return { name: from, size: found.size, path: from, open };
  // A pipe is as long as it is, and read once: what cannot be sought must not be told where to begin, be it at 0.
  return { name: from, size: undefined, open: () => open() };
}
