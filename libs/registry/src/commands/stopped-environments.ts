import { Injectable } from '@nestjs/common';
import { Postgres, Problem } from '#platform';
import { keysThatWait } from '#projections';

// As long as the views are trusted to be there, and as cheap.
const GOOD_FOR_MS = 1_000;

/**
 * The environments of which a command could not be applied. All that follows of them waits in the log for an operator, so
 * no more is let in; reads go on.
 */
@Injectable()
export class StoppedEnvironments {
  private known: { readonly at: number; readonly keys: Promise<ReadonlySet<string>> } | undefined;

  constructor(private readonly postgres: Postgres) {}

  /** Throws `unavailable` where commands of this environment would wait. */
  async refuse(environment: string): Promise<void> {
    if (this.known === undefined || Date.now() - this.known.at > GOOD_FOR_MS) {
      this.known = { at: Date.now(), keys: keysThatWait(this.postgres, 'registry') };
    }
    if (!(await this.known.keys).has(environment)) return;
    throw new Problem(
      'unavailable',
      'Commands of this environment have stopped: one could not be applied, and an operator has to look ' +
        '("tidemark deadletters list"). Reads go on.',
      { headers: { 'retry-after': '30' } },
    );
  }
}
