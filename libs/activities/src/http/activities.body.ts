import { type NestFastifyApplication } from '@nestjs/platform-fastify';
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
