import { type Answer, refusalOf } from './service-client.js';

export interface RejectedItem {
  /** Its place in the request, from 0. */
  readonly index: number;
  readonly code: string;
  readonly detail: string;
}

/** What became of the activities of one request: each is accepted or rejected. */
export interface Verdict {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

/**
 * The verdict on `items` activities. A request that was refused as a whole is one of which each item was; what the
 * service said nothing of counts as rejected.
 */
export function verdictOf(answer: Answer, items: number): Verdict {
  const { accepted, rejected } = (answer.body ?? {}) as Partial<Verdict>;
  if (typeof accepted !== 'number' || !Array.isArray(rejected)) {
    const { code, detail } = refusalOf(answer);
    return { accepted: 0, rejected: Array.from({ length: items }, (_, index) => ({ index, code, detail })) };
  }
  return { accepted, rejected: [...(rejected as RejectedItem[]), ...unanswered(items - accepted - rejected.length)] };
}

function unanswered(count: number): RejectedItem[] {
  const detail = 'the service said nothing of some items of this request';
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({ index, code: 'unanswered', detail }));
}
