/** How far an import is. */
export interface Progress {
  /** What is done, of how much, in whatever unit. */
  readonly done: number;
  readonly whole: number;
  /** How much was done by this import, for the rate. */
  readonly count: number;
  /** That for a person, such as "3 of 9 commits". */
  readonly counted: string;
  /** What else is worth knowing. */
  readonly more: readonly string[];
}
