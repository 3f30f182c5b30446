import { describe, expect, it } from '@jest/globals';
import { activityOfEvent } from './cloud-event.js';

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
    expect(activityOfEvent(full)).toEqual({
      id: 'e1',
      type: 'order.placed',
      occurredAt: '2026-03-01T12:00:00Z',
      workspaceId: 3,
      data: { a: 1 },
      userId: 7,
    });
  });

  it.each([
    ['7', { userId: 7 }],
    ['68303113fa82b1ec8b3d7c14', { objectId: '68303113fa82b1ec8b3d7c14' }],
    ['123456789012345678901234', { objectId: '123456789012345678901234' }],
    ['jane', { username: 'jane' }],
    ['007', { username: '007' }],
  ])('names its user by the subject %s', (subject, user) => {
    expect(activityOfEvent({ ...event, subject })).toMatchObject(user);
  });

  it('may carry the workspace as its digits, and extensions that say nothing to us', () => {
    expect(activityOfEvent({ ...event, workspaceid: '3', traceparent: '00-1-2-01' })).toMatchObject({ workspaceId: 3 });
  });

  it.each([
    ['no object', 'text'],
    ['another version', { ...event, specversion: '0.3' }],
    ['no version', { ...event, specversion: undefined }],
    ['no id', { ...event, id: undefined }],
    ['no subject', { ...event, subject: undefined }],
    ['a subject that is a number', { ...event, subject: 7 }],
    ['a name that no attribute has', { ...event, workspaceId: 3 }],
    ['data as base64', { ...event, data_base64: 'e30=' }],
    ['data that is no JSON', { ...event, datacontenttype: 'text/xml', data: '<a/>' }],
  ])('is refused with %s', (_, given) => {
    expect(activityOfEvent(given)).toMatchObject({ code: 'invalid' });
  });
});
