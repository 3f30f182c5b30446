import { Problem } from '../problems.js';

export const NDJSON = 'application/x-ndjson';

/** How many items a request may have. */
export const MAX_ITEMS = 10_000;

const LINE_FEED = 0x0a;

/** A line of a body, by where its bytes begin and end. */
interface Line {
  readonly start: number;
  readonly end: number;
}

/** Where the lines of a body are that are not blank. Throws `too-large` for more than 10,000. */
export function findLines(body: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < body.length;) {
    const feed = body.indexOf(LINE_FEED, start);
    const end = feed === -1 ? body.length : feed;
    if (!isBlank(body, start, end)) lines.push({ start, end });
    if (lines.length > MAX_ITEMS) break;
    start = end + 1;
  }
  return limitedItems(lines);
}

/** The lines of a body that are not blank, as bytes: what is no UTF-8 in one is no harm to the others. */
export function linesOf(body: Buffer): Buffer[] {
  return findLines(body).map(({ start, end }) => body.subarray(start, end));
}

/** The items, where a request may have as many; throws `too-large` otherwise. */
export function limitedItems<Items extends readonly unknown[]>(items: Items): Items {
  if (items.length <= MAX_ITEMS) return items;
  throw new Problem('too-large', `A request takes at most ${MAX_ITEMS} items.`);
}

function isBlank(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
