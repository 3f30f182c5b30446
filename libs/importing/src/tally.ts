import { Refusals } from './refusals.js';

/** A new user whose address could not be taken as it stands. */
export interface ChangedAuthor {
  readonly address: string;
  readonly username: string;
  readonly email: string;
}

/** Counts every author and every commit once, under what became of it. */
export class Tally {
  readonly authors = { new: 0, existing: 0, refused: 0 };
  /** `countedBefore`: by an earlier import, of this repository or of another one that has them too. */
  readonly commits = { read: 0, accepted: 0, countedBefore: 0, refused: 0 };
  readonly refusals = new Refusals<'author' | 'commit'>();
  /** Commits that got another date, and subjects that were shortened; nothing of it is refused. */
  readonly altered = { dates: 0, subjects: 0 };
  readonly changedAuthors: ChangedAuthor[] = [];

  refused(of: 'author' | 'commit', code: string, what: string, detail: string): void {
    (of === 'author' ? this.authors : this.commits).refused += 1;
    this.refusals.add(of, code, what, detail);
  }

  /** `authors.total` and, at the end, `commits.read` are the sums of what follows them. */
  counts() {
    const { authors, commits } = this;
    const total = authors.new + authors.existing + authors.refused;
    return { authors: { total, ...authors }, commits: { ...commits } };
  }
}
