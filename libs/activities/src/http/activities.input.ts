import { z } from 'zod';
import { entityId, IdempotencyKey, timeParameter, wholeNumber } from '#platform';
import { TYPE, TYPE_FAULT } from '../ingestion/activity.input.js';
import { windowParameter } from '../window.js';

const cursor = z.string().min(1, 'must come from the Link of a page');

const limit = wholeNumber(1, 500).default(50);

/** A type of activities in a query. */
export const typeParameter = z
  .string()
  .regex(TYPE, `must be ${TYPE_FAULT}`)
  .meta({ examples: ['page.viewed'] });

export const UserPath = z.strictObject({ user_id: entityId });

export const CountQuery = z.strictObject({
  type: typeParameter.optional(),
  workspace: entityId.optional(),
  since: timeParameter('What occurred then or later.').optional(),
  until: timeParameter('What occurred before.').optional(),
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
