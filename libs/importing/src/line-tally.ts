import { Refusals, type Refused } from './refusals.js';

/** A line that did not get in. */
export interface RefusedLine {
  readonly number: number;
  readonly code: string;
  readonly detail: string;
}

/** What became of the lines of an input that are not blank. */
export interface LineCounts {
  readonly accepted: number;
  readonly refused: number;
  /** Of all of them, how many came without an id. */
  readonly named: number;
}

/** How many refused lines are told one by one. */
const TOLD = 20;

/** Counts every line once, under what became of it. */
export class LineTally {
  private accepted: number;
  private refused: number;
  private named: number;
  private readonly reasons = new Refusals<'line'>();
  /** The first few, in the order of the input. */
  readonly told: RefusedLine[] = [];

  constructor(before: LineCounts) {
    ({ accepted: this.accepted, refused: this.refused, named: this.named } = before);
  }

  add(lines: { readonly accepted: number; readonly named: number; readonly refused: readonly RefusedLine[] }): void {
    this.accepted += lines.accepted;
    this.named += lines.named;
    this.refused += lines.refused.length;
    for (const line of lines.refused) {
      this.reasons.add('line', line.code, `line ${line.number}`, line.detail);
      if (this.told.length < TOLD) this.told.push(line);
    }
  }

  counts(): LineCounts {
    return { accepted: this.accepted, refused: this.refused, named: this.named };
  }

  refusals(): Refused<'line'>[] {
    return this.reasons.list();
  }
}
