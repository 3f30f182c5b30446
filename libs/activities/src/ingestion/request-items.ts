import { isUtf8 } from 'node:buffer';
import { Problem } from '#platform';
import { type Fault, isFault } from './activity.input.js';
import { activityOfEvent } from './cloud-event.js';

/** An item of a request as it was read: an activity still to be checked, or why it cannot be one. */
export type Item = { readonly activity: unknown } | { readonly fault: Fault };

export const MAX_ITEMS = 10_000;

export const NDJSON = 'application/x-ndjson';
export const CLOUDEVENTS_BATCH = 'application/cloudevents-batch+json';

/**
 * The items of a request's body, in its order. JSON comes parsed, the other two media types as they were sent.
 * Throws `invalid-request` for a body that is no JSON, `too-large` for more than 10,000 items.
 */
export function itemsOf(mediaType: string, body: unknown): Item[] {
  if (mediaType === NDJSON) return limited(linesOf(body as Buffer | string)).map(itemOfLine);
  if (mediaType === CLOUDEVENTS_BATCH) return limited(eventsOf(body as Buffer | string)).map(itemOfEvent);
  if (mediaType !== 'application/json') throw new Problem('unsupported-media-type', `${mediaType} is not taken here.`);
  if (body === undefined) throw new Problem('invalid-request', 'The request has no body.');
  return limited(Array.isArray(body) ? body : [body]).map((activity: unknown) => ({ activity }));
}

function limited<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MAX_ITEMS) return items;
  throw new Problem('too-large', `A request takes at most ${MAX_ITEMS} items.`);
}

const LINE_FEED = 0x0a;

/** The lines that are not blank, as bytes: what is no UTF-8 in one is no harm to the others. */
function linesOf(body: Buffer | string): Buffer[] {
  const bytes = Buffer.from(body as string);
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) lines.push(line);
    // One more than may come is enough to refuse the request.
    if (lines.length > MAX_ITEMS) break;
    start = end + 1;
  }
  return lines;
}

const isBlank = (line: Buffer) => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

function itemOfLine(line: Buffer): Item {
  try {
    return { activity: parse(line) };
  } catch {
    return { fault: { code: 'invalid', detail: 'the line is no JSON' } };
  }
}

function eventsOf(body: Buffer | string): readonly unknown[] {
  const batch = parseBatch(Buffer.from(body as string));
  if (Array.isArray(batch)) return batch;
  throw new Problem('invalid-body', 'A batch of events is a JSON array.');
}

function parseBatch(bytes: Buffer): unknown {
  try {
    return parse(bytes);
  } catch (cause) {
    throw new Problem('invalid-request', 'The body is no JSON.', { cause });
  }
}

function itemOfEvent(event: unknown): Item {
  const activity = activityOfEvent(event);
  return isFault(activity) ? { fault: activity } : { activity };
}

/** A decoder would put U+FFFD for what is no UTF-8, and the client would never know. */
function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new SyntaxError('no UTF-8');
  return JSON.parse(bytes.toString('utf8'));
}
