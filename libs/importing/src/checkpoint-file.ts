import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LineReader, type LinePosition } from './ndjson-lines.js';

/** What became of the lines of an input that are not blank. */
export interface LineCounts {
  readonly accepted: number;
  readonly refused: number;
  /** Of all of them, how many came without an id. */
  readonly named: number;
}

/** How far an import has come: the service has answered all lines before `place`. */
export interface ImportCheckpoint {
  readonly place: LinePosition;
  readonly counts: LineCounts;
}

const EVERY_MS = 500;

/**
 * A small file with the progress of an unfinished import. It is replaced atomically, so an import that is killed leaves
 * this version or the one before.
 */
export class CheckpointFile {
  /** Why the file could not be written, if so. */
  failure: Error | undefined;
  private keptAt = -EVERY_MS;

  constructor(private readonly path: string) {}

  read(): ImportCheckpoint | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as ImportCheckpoint;
      return Number.isSafeInteger(kept.place.offset) && Number.isSafeInteger(kept.place.lines) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes at most twice a second, except the last time. Returns the error when writing fails for the first time. */
  keep(checkpoint: ImportCheckpoint, { isLast = false } = {}): Error | undefined {
    const now = performance.now();
    if (this.failure || (now - this.keptAt < EVERY_MS && !isLast)) return undefined;
    this.keptAt = now;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      const draft = `${this.path}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(checkpoint));
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

/** A reader that continues at the position; undefined where the file before it has changed. */
export async function resumeReader(
  { offset, lines, sha256 }: LinePosition,
  path: string,
): Promise<LineReader | undefined> {
  const hash = createHash('sha256');
  if (offset > 0) for await (const chunk of createReadStream(path, { end: offset - 1 })) hash.update(chunk as Buffer);
  // A file that is shorter now has another hash, too.
  return hash.copy().digest('hex') === sha256 ? new LineReader(offset, lines, hash) : undefined;
}
