import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { MAX_ITEMS } from '#platform';
import { CLOUDEVENTS_BATCH } from '../ingestion/request-items.js';
import { weighBodies } from './weigh-bodies.js';

/**
 * Lets an application take batches of events, beside the media types that all calls know, and only as many bytes of
 * activities at the same time as it can hold. Call it before `listen`.
 */
export function registerActivityBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addContentTypeParser(CLOUDEVENTS_BATCH, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  weighBodies(fastify, 'POST', '/api/v3/activities');
}

/** How the description of the interface shows an activity that comes in; `checkActivity` is the judge of it. */
const IncomingActivity = z.strictObject({
  id: z.string().min(1).max(128).optional().describe("The client's own; the same one of the same user counts once."),
  userId: z.int().min(1).optional().describe('Exactly one of userId, objectId and username.'),
  objectId: z.string().optional(),
  username: z.string().optional(),
  type: z.string().min(1).max(100),
  workspaceId: z.int().min(1).optional(),
  occurredAt: z.iso.datetime({ offset: true }).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

export const IncomingActivities = z.union([IncomingActivity, z.array(IncomingActivity).max(MAX_ITEMS)]);

export const TakenActivities = z.object({
  accepted: z.int(),
  rejected: z.array(z.object({ index: z.int(), code: z.string(), detail: z.string() })),
});
