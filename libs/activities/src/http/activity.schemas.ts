import { z } from 'zod';
import { MAX_ITEMS } from '#platform';
import { FAULT_CODES, ID_CHARACTERS } from '../ingestion/activity.input.js';

// What the interface is described by. At the door `checkActivity` and `activityOfEvent` judge, at a tenth of the cost;
// a test holds them to these schemas.
const PLAIN = /^[^\p{Cc}\p{Cs}]+$/u;
const id = z.string().regex(PLAIN).min(1).max(ID_CHARACTERS);
const type = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,100}$/)
  .meta({ examples: ['page.viewed'] });
const entity = z.int().min(1);
const time = z.string().meta({ format: 'date-time', description: 'Now when left out; at most 24 hours ahead.' });
const data = z.record(z.string(), z.unknown()).describe('Free fields, up to 16 KiB of JSON.');

const fields = {
  id: id.optional().describe("The client's own; the same one of the same user counts once, for ever."),
  type,
  workspaceId: entity.optional(),
  occurredAt: time.optional(),
  data: data.optional(),
};

/** An activity as it comes in: exactly one member names its user. */
export const IncomingActivity = z
  .union([
    z.strictObject({ userId: entity, ...fields }),
    z.strictObject({ objectId: z.string().regex(/^[0-9a-f]{24}$/), ...fields }),
    z.strictObject({ username: z.string().regex(PLAIN).min(1).max(150), ...fields }),
  ])
  .meta({ id: 'IncomingActivity', examples: [{ username: 'jane', type: 'page.viewed', data: { path: '/' } }] });

export const IncomingActivities = z.union([IncomingActivity, z.array(IncomingActivity).max(MAX_ITEMS)]).meta({
  examples: [
    { userId: 1, type: 'page.viewed', data: { path: '/' } },
    [
      { id: 'b6df582b', username: 'jane', type: 'page.viewed', occurredAt: '2026-11-22T05:59:01Z' },
      { username: 'nobody', type: 'page.viewed' },
    ],
  ],
});

export const ActivityLines = {
  items: IncomingActivity,
  example: '{"userId":1,"type":"page.viewed"}\n{"username":"jane","type":"order.placed","data":{"total":12}}\n',
};

/** CloudEvents 1.0 in its JSON format; extensions other than `workspaceid` are passed over. */
export const CloudEvent = z
  .looseObject({
    specversion: z.literal('1.0'),
    id,
    source: z.string().optional(),
    type,
    subject: z.string().regex(PLAIN).max(150).describe('The user: the integer id, the objectId or the username.'),
    time: time.optional(),
    datacontenttype: z
      .string()
      .regex(/^application\/([a-z0-9.-]+\+)?json(;.*)?$/)
      .optional(),
    workspaceid: z.union([entity, z.string().regex(/^[1-9]\d{0,14}$/)]).optional(),
    data: data.optional(),
  })
  .meta({
    id: 'CloudEvent',
    propertyNames: { pattern: '^[a-z0-9]+$' },
    examples: [
      { specversion: '1.0', id: 'e1', source: '/shop', type: 'order.placed', subject: 'jane', workspaceid: 1 },
    ],
  });

export const CloudEventBatch = z
  .array(CloudEvent)
  .max(MAX_ITEMS)
  .meta({
    examples: [[{ specversion: '1.0', id: 'e1', source: '/shop', type: 'order.placed', subject: 'jane' }]],
  });

const RejectedActivity = z
  .object({ index: z.int().min(0), code: z.enum(FAULT_CODES), detail: z.string() })
  .meta({ id: 'RejectedActivity' });

export const TakenActivities = z.object({ accepted: z.int().min(0), rejected: z.array(RejectedActivity) }).meta({
  id: 'TakenActivities',
  examples: [{ accepted: 1, rejected: [{ index: 1, code: 'unknown-user', detail: 'there is no such user' }] }],
});

export const RefusedActivities = TakenActivities.extend({ accepted: z.literal(0) }).meta({
  id: 'RefusedActivities',
  examples: [{ accepted: 0, rejected: [{ index: 0, code: 'unknown-user', detail: 'there is no such user' }] }],
});
