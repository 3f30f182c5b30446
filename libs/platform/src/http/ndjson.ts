import { Problem } from '../problems.js';

export const NDJSON = 'application/x-ndjson';

/** How many items a request may have. */
export const MAX_ITEMS = 10_000;

const LINE_FEED = 0x0a;

/**
 * The lines of a body that are not blank, as bytes: what is no UTF-8 in one is no harm to the others. Throws
 * `too-large` for more than 10,000.
 */
export function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < body.length;) {
    const feed = body.indexOf(LINE_FEED, start);
    const end = feed === -1 ? body.length : feed;
    const line = body.subarray(start, end);
    if (!isBlank(line)) lines.push(line);
    if (lines.length > MAX_ITEMS) break;
    start = end + 1;
  }
  return limitedItems(lines);
}

/** The items, where a request may have as many; throws `too-large` otherwise. */
export function limitedItems<Item>(items: Item[]): Item[] {
  if (items.length <= MAX_ITEMS) return items;
  throw new Problem('too-large', `A request takes at most ${MAX_ITEMS} items.`);
}

const isBlank = (line: Buffer) => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
