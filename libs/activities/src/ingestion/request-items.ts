import { type FastifyRequest } from 'fastify';
import {
  ITEM_BYTES,
  type ItemFault,
  mediaTypeOf,
  NDJSON,
  parseJson,
  Problem,
  type Slice as BodySlice,
  slicesOfJson,
  slicesOfLines,
} from '#platform';
import { type ActivityInput, checkActivity, type Fault } from './activity.input.js';
import { checkEvent } from './cloud-event.js';
import { eventAttributes, isEventByHeaders } from './event-headers.js';

/** Items of a request that follow one another, few enough to be worked on in one go. */
export interface Slice {
  readonly items: number;
  readonly bytes: number;
  /** Reads and checks them, in their order; `now` in milliseconds since the epoch. */
  read(now: number): (ActivityInput | Fault)[];
}

export const CLOUDEVENT = 'application/cloudevents+json';
export const CLOUDEVENTS_BATCH = 'application/cloudevents-batch+json';

/**
 * The items of a request in their order, slice by slice. Throws `invalid-request` for a body that is no JSON and for headers
 * that cannot be read, `invalid-body` for a body of the wrong form, `too-large` for more than 10,000 items.
 */
export async function slicesOf(request: Pick<FastifyRequest, 'headers' | 'raw'>, body: Buffer): Promise<Slice[]> {
  const mediaType = mediaTypeOf(request);
  if (mediaType === CLOUDEVENT || mediaType === CLOUDEVENTS_BATCH) {
    return slicesOfEvents(body, mediaType === CLOUDEVENTS_BATCH);
  }
  if (isEventByHeaders(request.headers)) return [sliceByHeaders(request, body)];
  const slices = mediaType === NDJSON ? await slicesOfLines(body) : (await slicesOfJson(body)).slices;
  return slices.map((slice) => reading(slice, checkActivity));
}

/** The event of a request in binary mode: the body, which may be empty, is its data, and the Content-Type says of what kind. */
function sliceByHeaders({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>, body: Buffer): Slice {
  const event = { ...eventAttributes(raw.rawHeaders), datacontenttype: headers['content-type'] };
  const isTooLarge = body.length > ITEM_BYTES;
  const data = body.length === 0 || isTooLarge ? undefined : parseJson(body);
  const read = (now: number) => [isTooLarge ? FAULTS['too-large'] : checkEvent({ ...event, data }, now)];
  return { items: 1, bytes: body.length, read };
}

async function slicesOfEvents(body: Buffer, isBatch: boolean): Promise<Slice[]> {
  const { isArray, slices } = await slicesOfJson(body);
  if (isArray === isBatch) return slices.map((slice) => reading(slice, checkEvent));
  const detail = isBatch
    ? `A batch of events is a JSON array; one of them alone is ${CLOUDEVENT}.`
    : `An event is a JSON object; an array of them is ${CLOUDEVENTS_BATCH}.`;
  throw new Problem('invalid-body', detail);
}

function reading({ items, bytes, read }: BodySlice, check: typeof checkActivity): Slice {
  const readAll = (now: number) =>
    read().map((item) => ('value' in item ? check(item.value, now) : FAULTS[item.fault]));
  return { items, bytes, read: readAll };
}

const FAULTS: Record<ItemFault, Fault> = {
  'no-json': { code: 'invalid', detail: 'the line is no JSON' },
  'no-utf8': { code: 'invalid', detail: 'the line is no UTF-8' },
  'too-large': { code: 'too-large', detail: `an item takes at most ${ITEM_BYTES} bytes` },
};
