import { refusalOf, type ServiceClient } from './service-client.js';

interface RejectedItem {
  /** Its place in the request, from 0. */
  readonly index: number;
  readonly code: string;
  readonly detail: string;
}

/** What became of the activities of one request: each is accepted or rejected. */
interface Verdict {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

/**
 * Sends so many activities as history, which waits while the views lag. Where a request is refused as a whole, each of its
 * items is; what the service says nothing of counts as rejected.
 */
export async function sendHistory(
  client: ServiceClient,
  items: number,
  body: string | Buffer,
  contentType = 'application/json',
): Promise<Verdict> {
  const headers = { 'tidemark-lane': 'backfill', 'content-type': contentType };
  const answer = await client.send('POST', 'api/v3/activities', { body, headers });
  const { accepted, rejected } = (answer.body ?? {}) as Partial<Verdict>;
  if (typeof accepted !== 'number' || !Array.isArray(rejected)) {
    return { accepted: 0, rejected: itemsRejected(items, refusalOf(answer)) };
  }
  const detail = 'the service said nothing of some items of this request';
  const unanswered = itemsRejected(items - accepted - rejected.length, { code: 'unanswered', detail });
  return { accepted, rejected: [...(rejected as RejectedItem[]), ...unanswered] };
}

function itemsRejected(count: number, { code, detail }: { code: string; detail: string }): RejectedItem[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({ index, code, detail }));
}
