import { isUtf8 } from 'node:buffer';
import { limitedItems, linesOf, NDJSON, Problem } from '#platform';
import { type Fault, isFault } from './activity.input.js';
import { activityOfEvent } from './cloud-event.js';

/** An item of a request as it was read: an activity still to be checked, or why it cannot be one. */
export type Item = { readonly activity: unknown } | { readonly fault: Fault };

export const CLOUDEVENTS_BATCH = 'application/cloudevents-batch+json';

/**
 * The items of a request's body, in its order. JSON comes parsed, the other two media types as they were sent.
 * Throws `invalid-request` for a body that is no JSON, `too-large` for more than 10,000 items.
 */
export function itemsOf(mediaType: string, body: unknown): Item[] {
  if (mediaType === NDJSON) return linesOf(body as Buffer).map(itemOfLine);
  if (mediaType === CLOUDEVENTS_BATCH) return limitedItems(eventsOf(body as Buffer)).map(itemOfEvent);
  if (mediaType !== 'application/json') throw new Problem('unsupported-media-type', `${mediaType} is not taken here.`);
  if (body === undefined) throw new Problem('invalid-request', 'The request has no body.');
  return limitedItems(Array.isArray(body) ? (body as unknown[]) : [body]).map((activity) => ({ activity }));
}

function itemOfLine(line: Buffer): Item {
  try {
    return { activity: parse(line) };
  } catch {
    return { fault: { code: 'invalid', detail: 'the line is no JSON' } };
  }
}

function eventsOf(body: Buffer): unknown[] {
  const batch = parseBatch(body);
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
