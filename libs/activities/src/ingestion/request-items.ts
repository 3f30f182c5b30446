import { ITEM_BYTES, NDJSON, Problem, type Slice as BodySlice, slicesOfJson, slicesOfLines } from '#platform';
import { type Fault, isFault } from './activity.input.js';
import { activityOfEvent } from './cloud-event.js';

/** An item of a request as it was read: an activity still to be checked, or why it cannot be one. */
export type Item = { readonly activity: unknown } | { readonly fault: Fault };
export type Slice = BodySlice<Item>;

export const CLOUDEVENTS_BATCH = 'application/cloudevents-batch+json';

/**
 * The items of a request's body in its order, slice by slice. Throws `invalid-request` for a body that is no JSON,
 * `too-large` for more than 10,000 items.
 */
export async function slicesOf(mediaType: string, body: Buffer): Promise<Slice[]> {
  if (mediaType === CLOUDEVENTS_BATCH) return slicesOfEvents(body);
  const slices = mediaType === NDJSON ? await slicesOfLines(body) : (await slicesOfJson(body)).slices;
  return slices.map((slice) => reading(slice, itemOf));
}

async function slicesOfEvents(body: Buffer): Promise<Slice[]> {
  const { isArray, slices } = await slicesOfJson(body);
  if (!isArray) throw new Problem('invalid-body', 'A batch of events is a JSON array.');
  return slices.map((slice) => reading(slice, itemOfEvent));
}

function reading(slice: BodySlice, itemOf: (value: unknown) => Item): Slice {
  const read = () => slice.read().map((item) => ('value' in item ? itemOf(item.value) : { fault: FAULTS[item.fault] }));
  return { ...slice, read };
}

const FAULTS: Record<'no-json' | 'too-large', Fault> = {
  'no-json': { code: 'invalid', detail: 'the line is no JSON' },
  'too-large': { code: 'too-large', detail: `an item takes at most ${ITEM_BYTES} bytes` },
};

const itemOf = (activity: unknown): Item => ({ activity });

function itemOfEvent(event: unknown): Item {
  const activity = activityOfEvent(event);
  return isFault(activity) ? { fault: activity } : { activity };
}
