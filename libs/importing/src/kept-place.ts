import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type LineCounts } from './line-tally.js';
import { LineReader, type Place } from './ndjson-lines.js';

/** How far an import had come: all lines before the place have been answered by the service. */
export interface Progressed {
  readonly place: Place;
  readonly counts: LineCounts;
}

const EVERY_MS = 500;

/**
 * A small file that says how far an import is, for as long as it is not done. It is replaced as a whole, so whoever is
 * killed leaves the last one or the one before.
 */
export class KeptPlace {
  /** Why the place could not be kept, if it could not. */
  failure: Error | undefined;
  private keptAt = -EVERY_MS;

  constructor(private readonly path: string) {}

  read(): Progressed | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as Progressed;
      return Number.isSafeInteger(kept.place.offset) && Number.isSafeInteger(kept.place.lines) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** Not more often than twice a second, unless it is the last time. Returns why it cannot be done, the first time. */
  keep(progressed: Progressed, { isLast = false } = {}): Error | undefined {
    const now = performance.now();
    if (this.failure || (now - this.keptAt < EVERY_MS && !isLast)) return undefined;
    this.keptAt = now;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      const draft = `${this.path}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(progressed));
      renameSync(draft, this.path);
    } catch (error) {
      // An import that cannot be resumed is still one that can be repeated.
      this.failure = error as Error;
    }
    return this.failure;
  }

  forget(): void {
    if (!this.failure) rmSync(this.path, { force: true });
  }
}

/** A reader of what stands behind the place; undefined where the file begins with other bytes than it did. */
export async function readerBehind({ offset, lines, sha256 }: Place, path: string): Promise<LineReader | undefined> {
  const hash = createHash('sha256');
  if (offset > 0) for await (const chunk of createReadStream(path, { end: offset - 1 })) hash.update(chunk as Buffer);
  // A file that is shorter now has another hash, too.
  return hash.copy().digest('hex') === sha256 ? new LineReader(offset, lines, hash) : undefined;
}
