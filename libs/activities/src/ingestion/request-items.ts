import { isUtf8 } from 'node:buffer';
import { findLines, limitedItems, linesOf, NDJSON, Problem } from '#platform';
import { type Fault, isFault } from './activity.input.js';
import { activityOfEvent } from './cloud-event.js';

/** An item of a request as it was read: an activity still to be checked, or why it cannot be one. */
export type Item = { readonly activity: unknown } | { readonly fault: Fault };

/** Items that follow one another in a request, few enough to be worked on in one go. */
export interface Slice {
  readonly items: number;
  readonly bytes: number;
  /** Reads them: what is not read yet takes no more than its bytes. */
  read(): Item[];
}

export const CLOUDEVENTS_BATCH = 'application/cloudevents-batch+json';

const SLICE_ITEMS = 256;
const SLICE_BYTES = 128 * 1024;

/**
 * The items of a request's body in its order, slice by slice. JSON comes parsed, the other two media types as they were
 * sent. Throws `invalid-request` for a body that is no JSON, `too-large` for more than 10,000 items.
 */
export function slicesOf(mediaType: string, body: unknown, bytes: number): Slice[] {
  if (mediaType === NDJSON) return slicesOfLines(body as Buffer);
  if (mediaType === CLOUDEVENTS_BATCH) return slicesOfItems(eventsOf(body as Buffer), bytes, itemOfEvent);
  if (mediaType !== 'application/json') throw new Problem('unsupported-media-type', `${mediaType} is not taken here.`);
  if (body === undefined) throw new Problem('invalid-request', 'The request has no body.');
  return slicesOfItems(Array.isArray(body) ? (body as unknown[]) : [body], bytes, (activity) => ({ activity }));
}

function slicesOfLines(body: Buffer): Slice[] {
  const lines = findLines(body);
  const slices: Slice[] = [];
  for (let first = 0; first < lines.length;) {
    const { start } = lines[first]!;
    let next = first + 1;
    while (next < lines.length && next - first < SLICE_ITEMS && lines[next]!.end - start <= SLICE_BYTES) next += 1;
    const bytes = body.subarray(start, lines[next - 1]!.end);
    slices.push({ items: next - first, bytes: bytes.length, read: () => readLines(bytes) });
    first = next;
  }
  return slices;
}

/** All at once where all is text, since that is a fraction of the work. */
function readLines(bytes: Buffer): Item[] {
  if (!isUtf8(bytes)) return linesOf(bytes).map((line) => (isUtf8(line) ? itemOfLine(line.toString()) : NO_JSON));
  return bytes.toString().split('\n').filter(isFilled).map(itemOfLine);
}

const isFilled = (line: string) => line.startsWith('{') || /[^ \t\r]/.test(line);

const NO_JSON: Item = { fault: { code: 'invalid', detail: 'the line is no JSON' } };

function itemOfLine(line: string): Item {
  try {
    return { activity: JSON.parse(line) as unknown };
  } catch {
    return NO_JSON;
  }
}

/** Items that were parsed already; `bytes` is the size of all of them. */
function slicesOfItems(all: readonly unknown[], bytes: number, read: (item: unknown) => Item): Slice[] {
  limitedItems(all);
  const slices: Slice[] = [];
  for (let first = 0; first < all.length; first += SLICE_ITEMS) {
    const items = all.slice(first, first + SLICE_ITEMS);
    const share = Math.ceil((bytes * items.length) / all.length);
    slices.push({ items: items.length, bytes: share, read: () => items.map(read) });
  }
  return slices;
}

function eventsOf(body: Buffer): unknown[] {
  const batch = parseBatch(body);
  if (Array.isArray(batch)) return batch;
  throw new Problem('invalid-body', 'A batch of events is a JSON array.');
}

function parseBatch(bytes: Buffer): unknown {
  try {
    // A decoder would put U+FFFD for what is no UTF-8, and the client would never know.
    if (!isUtf8(bytes)) throw new SyntaxError('no UTF-8');
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new Problem('invalid-request', 'The body is no JSON.', { cause });
  }
}

function itemOfEvent(event: unknown): Item {
  const activity = activityOfEvent(event);
  return isFault(activity) ? { fault: activity } : { activity };
}
