import { z } from 'zod';
import { MAX_ITEMS } from '#platform';
import { FAULT_CODES, ID_CHARACTERS, SOURCE_CHARACTERS, TYPE } from '../ingestion/activity.input.js';
import { JSON_CONTENT } from '../ingestion/cloud-event.js';

/** How one path takes activities in five forms. */
export const APPENDING =
  'The Content-Type says how they come: as JSON (one, or an array), as lines, or as events of CloudEvents 1.0, one (structured ' +
  'mode) or a batch. With the headers of binary mode (`ce-id`, `ce-source`, …) the body is the data of one event. An activity is its ' +
  'user, `source` and `id`: the same again counts once. A field that is null counts as left out.';

// What the interface is described by. At the door `checkActivity` and `checkEvent` judge, at a tenth of the cost;
// a test holds them to these schemas.
const PLAIN = /^[^\p{Cc}\p{Cs}]+$/u;
const id = z.string().regex(PLAIN).min(1).max(ID_CHARACTERS);
const type = z
  .string()
  .regex(TYPE)
  .meta({ examples: ['page.viewed'] });
const entity = z.int().min(1);
const time = z.string().meta({ format: 'date-time', description: 'Now when left out; at most 24 hours ahead.' });
const data = z
  .record(z.string(), z.unknown())
  .describe('Free fields, up to 16 KiB of JSON and 100 levels, given back as they were sent.');
const source = z.string().regex(PLAIN).min(1).max(SOURCE_CHARACTERS);

const fields = {
  id: id.nullish().describe("The client's own; the same one of the same user and source counts once, for ever."),
  source: source.nullish().describe('Whose id it is; none is a source of its own.'),
  type,
  workspaceId: entity.nullish(),
  occurredAt: time.nullish(),
  data: data.nullish(),
  receivedAt: z.unknown().optional().describe('Passed over: an item of a feed has it, and may be sent as it came.'),
};
const unused = z.null().optional();

/** An activity as it comes in: exactly one member names its user, the others are left out or null. */
export const IncomingActivity = z
  .union([
    z.strictObject({ userId: entity, objectId: unused, username: unused, ...fields }),
    z.strictObject({ objectId: z.string().regex(/^[0-9a-f]{24}$/), userId: unused, username: unused, ...fields }),
    z.strictObject({ username: z.string().regex(PLAIN).min(1).max(150), userId: unused, objectId: unused, ...fields }),
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
    source: source.describe('Part of what it is: the same id from another source is another activity.'),
    type,
    subject: z
      .string()
      .regex(PLAIN)
      .min(1)
      .max(150)
      .describe('The user: the integer id, the objectId or the username. Refused where it reads as two users.'),
    time: time.nullish(),
    datacontenttype: z.string().regex(JSON_CONTENT).nullish(),
    workspaceid: z.union([entity, z.string().regex(/^[1-9]\d{0,14}$/)]).nullish(),
    data: data.nullish(),
    data_base64: unused.describe('Not taken: `data` carries a JSON object.'),
  })
  .meta({
    id: 'CloudEvent',
    propertyNames: { pattern: '^([a-z0-9]+|data_base64)$' },
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
