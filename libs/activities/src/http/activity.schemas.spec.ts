import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { z } from 'zod';
import { checkActivity, isFault } from '../ingestion/activity.input.js';
import { checkEvent } from '../ingestion/cloud-event.js';
import { CloudEvent, IncomingActivity } from './activity.schemas.js';

const RUNS = 4000;
const now = Date.parse('2026-11-22T12:00:00Z');

// As the document of the interface publishes them.
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
const isActivity = ajv.compile(z.toJSONSchema(IncomingActivity, { io: 'input' }));
const isEvent = ajv.compile(z.toJSONSchema(CloudEvent, { io: 'input' }));

const takes = (item: unknown) => !isFault(checkActivity(item, now));
const takesEvent = (item: unknown) => !isFault(checkEvent(item, now));

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 160 }), fc.string({ unit: 'binary', maxLength: 4 }));
const junk = fc.constantFrom<unknown>(
  null,
  '',
  0,
  -1,
  1.5,
  true,
  [],
  [1],
  {},
  'x',
  '1',
  2 ** 53,
  'ä b',
  'x'.repeat(151),
);
const entity = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const objectId = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 24, maxLength: 24 });
const type = fc.string({ unit: fc.constantFrom(...'aZ9._:-'), minLength: 1, maxLength: 101 });
const time = fc.oneof(
  fc.date({ min: new Date('0001-01-01'), max: new Date(now), noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-02-29T12:00:00Z',
    '2024-02-29T12:00:00+23:59',
    '2026-11-22',
    'yesterday',
    '2026-11-22T12:00:00',
  ),
);
// What JSON Schema cannot say of free fields (their size, their depth, texts that no JSON may have) is not in here.
const fields = fc
  .dictionary(
    fc.string({ unit: 'grapheme-ascii', maxLength: 5 }),
    fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme-ascii' }),
    { maxKeys: 3, noNullPrototype: true },
  )
  .map((data) => JSON.parse(JSON.stringify(data).replace('"a', '"__proto__')) as unknown);

/** Each member as it may be, now and then as it may not, or left out where `required` does not name it. */
function record(members: Record<string, fc.Arbitrary<unknown>>, required: string[]) {
  const likely = Object.entries(members).map(([name, value]) => [
    name,
    fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: junk }),
  ]);
  return fc.record(Object.fromEntries(likely) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: required });
}

const orNull = (value: fc.Arbitrary<unknown>) => fc.option(value, { freq: 8 });
const common = {
  id: orNull(text),
  source: orNull(text),
  workspaceId: orNull(entity),
  occurredAt: orNull(time),
  data: orNull(fields),
  receivedAt: time,
};
const none = fc.constant(null);
const activities = fc.oneof(
  record({ ...common, type, userId: entity, objectId: none }, ['type', 'userId']),
  record({ ...common, type, objectId, username: none }, ['type', 'objectId']),
  record({ ...common, type, username: text, userId: none }, ['type', 'username']),
  record({ ...common, type, userId: entity, objectId, username: text, other: text }, []),
  junk,
);
const eventMembers = {
  specversion: fc.constant('1.0'),
  id: text,
  source: text,
  type,
  subject: fc.oneof(text, objectId, fc.nat().map(String)),
  time: orNull(time),
  data: orNull(fields),
  data_base64: none,
  workspaceid: orNull(fc.oneof(entity, fc.integer({ min: 1 }).map(String))),
  datacontenttype: orNull(
    fc.constantFrom('application/json', 'Application/X+JSON; charset=utf-8', 'text/json ;a=b', 'text/plain', 'json'),
  ),
};
const cloudEvents = fc.oneof(
  fc
    .record({
      event: record(eventMembers, ['specversion', 'id', 'source', 'type', 'subject']),
      more: fc.dictionary(fc.string({ unit: fc.constantFrom(...'traceparent1-_A'), minLength: 1 }), text, {
        maxKeys: 1,
      }),
    })
    .map(({ event, more }) => ({ ...more, ...event })),
  junk,
);

/** How many of the samples both take, so that neither takes or refuses nearly all. */
function agreed<Item>(items: fc.Arbitrary<Item>, door: (item: Item) => boolean, schema: (item: Item) => boolean) {
  let taken = 0;
  fc.assert(
    fc.property(items, (item) => {
      const isTaken = door(item);
      expect(schema(item)).toBe(isTaken);
      if (isTaken) taken += 1;
    }),
    { numRuns: RUNS },
  );
  return taken;
}

describe('the door', () => {
  it('takes the activities that the document describes, and no others', () => {
    const taken = agreed(activities, takes, isActivity);
    expect(taken).toBeGreaterThan(200);
    expect(taken).toBeLessThan(RUNS - 200);
  });

  it('takes the events that the document describes, and no others', () => {
    const taken = agreed(cloudEvents, takesEvent, isEvent);
    expect(taken).toBeGreaterThan(200);
    expect(taken).toBeLessThan(RUNS - 200);
  });
});
