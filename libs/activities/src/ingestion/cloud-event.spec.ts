import { describe, expect, it } from '@jest/globals';
import { parseExactly } from '#platform';
import { checkEvent } from './cloud-event.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const event = { specversion: '1.0', id: 'e1', source: '/shop', type: 'order.placed', subject: '7' };

describe('a CloudEvent', () => {
  it('stands for an activity of its subject', () => {
    const full = {
      ...event,
      time: '2026-03-01T12:00:00Z',
      workspaceid: 3,
      datacontenttype: 'application/json',
      data: { a: 1 },
    };
    expect(checkEvent(full, now)).toEqual({
      id: 'e1',
      source: '/shop',
      users: [{ userId: 7 }, { username: '7' }],
      type: 'order.placed',
      occurredAt: now,
      workspaceId: 3,
      data: '{"a":1}',
    });
  });

  it.each([
    ['7', [{ userId: 7 }, { username: '7' }]],
    ['68303113fa82b1ec8b3d7c14', [{ objectId: '68303113fa82b1ec8b3d7c14' }, { username: '68303113fa82b1ec8b3d7c14' }]],
    ['123456789012345678901234', [{ objectId: '123456789012345678901234' }, { username: '123456789012345678901234' }]],
    ['1234567890123456', [{ username: '1234567890123456' }]],
    ['jane', [{ username: 'jane' }]],
    ['007', [{ username: '007' }]],
    ['68303113FA82B1EC8B3D7C14', [{ username: '68303113FA82B1EC8B3D7C14' }]],
  ])('may mean by the subject %s', (subject, users) => {
    expect(checkEvent({ ...event, subject }, now)).toMatchObject({ users });
  });

  it.each([3, '3', parseExactly('3.0')])('may carry the workspace as a number or as its digits: %j', (workspaceid) => {
    expect(checkEvent({ ...event, workspaceid }, now)).toMatchObject({ workspaceId: 3 });
  });

  it.each([
    ['extensions that say nothing to us', { traceparent: '00-1-2-01', sampledrate: 1, flag: true }],
    [
      'attributes that are null',
      { time: null, workspaceid: null, datacontenttype: null, data: null, data_base64: null },
    ],
    ['a schema of its data', { dataschema: 'https://example.com/schema' }],
    ['JSON of some kind', { datacontenttype: 'Application/Vnd.Acme+JSON; charset=utf-8', data: {} }],
    ['JSON as text', { datacontenttype: 'text/json', data: {} }],
  ])('may have %s', (_, more) => {
    expect(checkEvent({ ...event, ...more }, now)).toMatchObject({ id: 'e1' });
  });

  it.each([
    ['no object', 'text', 'invalid', 'an event is a JSON object'],
    ['an array', [event], 'invalid', 'an event is a JSON object'],
    ['another version', { ...event, specversion: '0.3' }, 'invalid', /^specversion /],
    ['no version', { ...event, specversion: undefined }, 'invalid', 'specversion is required'],
    ['no id', { ...event, id: null }, 'invalid', 'id is required'],
    ['no source', { ...event, source: undefined }, 'invalid', 'source is required'],
    ['an empty source', { ...event, source: '' }, 'invalid', /^source takes 1 to 255 /],
    ['no type', { ...event, type: undefined }, 'invalid', 'type is required'],
    ['a type with a space', { ...event, type: 'a b' }, 'invalid-type', /^type takes /],
    ['no subject', { ...event, subject: undefined }, 'invalid', /^subject is required/],
    ['a subject that is a number', { ...event, subject: 7 }, 'invalid', /^subject must name the user/],
    ['an empty subject', { ...event, subject: '' }, 'invalid', /^subject must name the user/],
    ['a time that is none', { ...event, time: 'soon' }, 'invalid-time', /^time must be a time as of RFC 3339/],
    ['a time too far ahead', { ...event, time: '2026-03-03T12:00:00Z' }, 'invalid-time', /^time is more than 24 hours/],
    ['a workspace that is none', { ...event, workspaceid: '0' }, 'invalid', /^workspaceid takes /],
    [
      'a name that no attribute has',
      { ...event, workspaceId: 3 },
      'invalid',
      '"workspaceId" is no attribute of an event',
    ],
    ['__proto__', JSON.parse(`{"__proto__":{},${JSON.stringify(event).slice(1)}`), 'invalid', /no attribute/],
    ['data as base64', { ...event, data_base64: 'e30=' }, 'invalid', /^data_base64 is not taken/],
    ['data that is no JSON', { ...event, datacontenttype: 'text/xml', data: '<a/>' }, 'invalid', /^datacontenttype /],
    ['data that is no object', { ...event, data: [1] }, 'invalid', 'data takes a JSON object'],
    ['data too large', { ...event, data: { a: 'x'.repeat(17_000) } }, 'too-large', /^data takes at most /],
  ])('is refused with %s, in its own words', (_, given: unknown, code, detail) => {
    expect(checkEvent(given, now)).toEqual({
      code,
      detail: detail instanceof RegExp ? expect.stringMatching(detail) : detail,
    });
  });
});
