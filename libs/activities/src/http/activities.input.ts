import { z } from 'zod';
import { entityId, IdempotencyKey, wholeNumber } from '#platform';
import { parseTimestamp } from '../ingestion/timestamp.js';
import { windowParameter } from '../window.js';

const moment = z.string().transform((text, context): number => {
  const time = parseTimestamp(text);
  if (time !== undefined) return time;
  context.addIssue({ code: 'custom', message: 'must be a time as of RFC 3339' });
  return z.NEVER;
});
const time = { format: 'date-time', examples: ['2026-11-22T05:59:01Z'] };

const cursor = z.string().min(1, 'must come from the Link of a page');

const limit = wholeNumber(1, 500).default(50);

export const UserPath = z.strictObject({ user_id: entityId });

export const CountQuery = z.strictObject({
  type: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,100}$/, 'must be 1 to 100 of A-Z, a-z, 0-9, ".", "_", ":" and "-"')
    .optional()
    .meta({ examples: ['page.viewed'] }),
  workspace: entityId.optional(),
  since: moment.optional().meta({ ...time, description: 'What occurred then or later.' }),
  until: moment.optional().meta({ ...time, description: 'What occurred before.' }),
});

export const FeedQuery = CountQuery.extend({
  limit,
  after: cursor.optional().describe('From the Link of a page, as it stands there.'),
});

export const ActiveWorkspacesQuery = z.strictObject({ window: windowParameter('30d') });

/** The headers that say how activities are to be taken. */
export const AppendHeaders = IdempotencyKey.extend({
  'Tidemark-Lane': z
    .literal('backfill', { message: 'must be backfill' })
    .optional()
    .describe('Marks history: let in only while the views keep up.'),
});
