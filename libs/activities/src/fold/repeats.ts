import { type ActivityRow } from './projection.js';
import { type Known } from './writes.js';

/** What of a batch is counted for the first time, and how many of the others came with other content than the first. */
export interface Sorted {
  readonly fresh: readonly ActivityRow[];
  readonly changed: number;
}

/**
 * In each of a user's ids the first in the log wins. The first stays; whoever makes ids should hear of others. What a client
 * left out, its time, the door fills in anew each time: type, workspace and data are what a repeat can be held to.
 */
export function sortOut(rows: readonly ActivityRow[], known: ReadonlyMap<string, Known>): Sorted {
  const firsts = new Map(known);
  let changed = 0;
  const fresh = rows.filter((row) => {
    const first = firsts.get(row.name);
    if (first === undefined) firsts.set(row.name, row);
    else if (!isSame(first, row)) changed += 1;
    return first === undefined;
  });
  return { fresh, changed };
}

const isSame = (one: Known, other: Known) =>
  one.type === other.type && one.workspaceId === other.workspaceId && one.data === other.data;
