/** Why some of what was read did not get in. */
export interface Refused {
  readonly of: 'author' | 'commit';
  readonly code: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly { readonly what: string; readonly detail: string }[];
}

/** A new user whose address could not be taken as it stands. */
export interface ChangedAuthor {
  readonly address: string;
  readonly username: string;
  readonly email: string;
}

/** What an import has come to. `authors.total` and `commits.read` are the sums of what follows them. */
export interface Counts {
  readonly authors: {
    readonly total: number;
    readonly new: number;
    readonly existing: number;
    readonly refused: number;
  };
  readonly commits: { readonly read: number; readonly accepted: number; readonly refused: number };
}

const SHOWN = 5;

/** Counts every author and every commit once, under what became of it. */
export class Tally {
  private readonly authors = { new: 0, existing: 0, refused: 0 };
  private readonly commits = { read: 0, accepted: 0, refused: 0 };
  private readonly reasons = new Map<
    string,
    { of: Refused['of']; code: string; count: number; examples: Refused['examples'] }
  >();
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
    return [...this.reasons.values()].sort((a, b) => b.count - a.count);
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

  refused(of: Refused['of'], code: string, what: string, detail: string): void {
    if (of === 'author') this.authors.refused += 1;
    else this.commits.refused += 1;
    const key = `${of}/${code}`;
    const reason = this.reasons.get(key) ?? { of, code, count: 0, examples: [] };
    const examples = reason.count < SHOWN ? [...reason.examples, { what, detail }] : reason.examples;
    this.reasons.set(key, { ...reason, count: reason.count + 1, examples });
  }
}
