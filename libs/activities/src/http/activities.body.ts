import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { CLOUDEVENTS_BATCH, NDJSON } from '../ingestion/request-items.js';

/** Lets an application take the media types of activities beside JSON. Call it before `listen`. */
export function registerActivityBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  for (const type of [NDJSON, CLOUDEVENTS_BATCH]) {
    // Another room may take lines as well; whether they come as text or as bytes is all one.
    if (fastify.hasContentTypeParser(type)) continue;
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
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

export const IncomingActivities = z.union([IncomingActivity, z.array(IncomingActivity).max(10_000)]);

export const TakenActivities = z.object({
  accepted: z.int(),
  rejected: z.array(z.object({ index: z.int(), code: z.string(), detail: z.string() })),
});
