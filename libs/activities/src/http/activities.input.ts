import { z } from 'zod';
import { entityId } from '#platform';
import { type FeedPlace } from '../queries/user-feed.js';
import { parseTimestamp } from '../ingestion/timestamp.js';
import { windowParameter } from '../window.js';

const moment = z.string().transform((text, context) => {
  const time = parseTimestamp(text);
  if (time !== undefined) return time;
  context.addIssue({ code: 'custom', message: 'must be a time as of RFC 3339' });
  return z.NEVER;
});

const cursor = z.string().transform((text, context): FeedPlace => {
  const place = parseCursor(text);
  if (place) return place;
  context.addIssue({ code: 'custom', message: 'must come from the Link of a page' });
  return z.NEVER;
});

const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 500')
  .transform(Number)
  .refine((value) => value <= 500, { message: 'must be a whole number from 1 to 500' })
  .default(50);

export const UserPath = z.strictObject({ user_id: entityId });

export const CountQuery = z.strictObject({
  type: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,100}$/, 'must be 1 to 100 of A-Z, a-z, 0-9, ".", "_", ":" and "-"')
    .optional(),
  workspace: entityId.optional(),
  since: moment.optional(),
  until: moment.optional(),
});

export const FeedQuery = CountQuery.extend({ limit, after: cursor.optional() });

export const ActiveWorkspacesQuery = z.strictObject({ window: windowParameter('30d') });

/** A place in a feed as an opaque text for URLs. */
export function formatCursor({ occurredAt, position }: FeedPlace): string {
  return Buffer.from(`${occurredAt}/${position}`).toString('base64url');
}

function parseCursor(text: string): FeedPlace | undefined {
  const [, occurredAt, position] = /^(-?\d{1,15})\/(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (occurredAt === undefined || position === undefined) return undefined;
  return { occurredAt: Number(occurredAt), position: Number(position) };
}

const visibleAscii = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters');

/** The headers that say how activities are to be taken. */
export const AppendHeaders = z.object({
  'idempotency-key': visibleAscii.optional(),
  'tidemark-lane': z.literal('backfill', { message: 'must be backfill' }).optional(),
});
