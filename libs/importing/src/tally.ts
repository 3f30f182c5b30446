import { Refusals, type Refused } from './refusals.js';

/** A new user whose address could not be taken as it stands. */
export interface ChangedAuthor {
  readonly address: string;
  readonly username: string;
  readonly email: string;
}

/** What an import has come to. `authors.total` and, at the end, `commits.read` are the sums of what follows them. */
export interface Counts {
  readonly authors: {
    readonly total: number;
    readonly new: number;
    readonly existing: number;
    readonly refused: number;
  };
  readonly commits: {
    readonly read: number;
    readonly accepted: number;
    /** Counted already by an earlier import, of this repository or of another one that has them too. */
    readonly countedBefore: number;
    readonly refused: number;
  };
}

type RefusedKind = 'author' | 'commit';

/** Counts every author and every commit once, under what became of it. */
export class Tally {
  private readonly authors = { new: 0, existing: 0, refused: 0 };
  private readonly commits = { read: 0, accepted: 0, countedBefore: 0, refused: 0 };
  private readonly reasons = new Refusals<RefusedKind>();
  /** What was read in another form than git has it; nothing of it is refused. */
  readonly altered = { dates: 0, subjects: 0 };
  readonly changedAuthors: ChangedAuthor[] = [];

  counts(): Counts {
    const { new: added, existing, refused } = this.authors;
    return {
      authors: { total: added + existing + refused, new: added, existing, refused },
      commits: { ...this.commits },
    };
  }

  refusals(): Refused[] {
    return this.reasons.list();
  }

  author(became: 'new' | 'existing'): void {
    this.authors[became] += 1;
  }

  read(commits: number): void {
    this.commits.read += commits;
  }

  accepted(commits: number): void {
    this.commits.accepted += commits;
  }

  countedBefore(): void {
    this.commits.countedBefore += 1;
  }

  refused(of: RefusedKind, code: string, what: string, detail: string): void {
    if (of === 'author') this.authors.refused += 1;
    else this.commits.refused += 1;
    this.reasons.add(of, code, what, detail);
  }
}
