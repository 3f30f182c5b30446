/** Why some of what was read did not get in. */
export interface Refused<Of extends string = string> {
  readonly of: Of;
  readonly code: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly { readonly what: string; readonly detail: string }[];
}

export const SHOWN = 5;

/** Counts what was refused by its kind and code, and keeps the first few of each as examples. */
export class Refusals<Of extends string> {
  private readonly reasons = new Map<string, Refused<Of>>();

  add(of: Of, code: string, what: string, detail: string): void {
    const key = `${of}/${code}`;
    const reason = this.reasons.get(key) ?? { of, code, count: 0, examples: [] };
    const examples = reason.count < SHOWN ? [...reason.examples, { what, detail }] : reason.examples;
    this.reasons.set(key, { ...reason, count: reason.count + 1, examples });
  }

  /** The most frequent first. */
  list(): Refused<Of>[] {
    return [...this.reasons.values()].sort((a, b) => b.count - a.count);
  }
}
