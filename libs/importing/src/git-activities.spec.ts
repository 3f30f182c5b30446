import { describe, expect, it } from '@jest/globals';
import { activityOf } from './git-activities.js';
import { type Commit } from './git-history.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const commit: Commit = {
  hash: 'c'.repeat(40),
  address: 'jane@example.com',
  name: 'Jane',
  authorTime: '1500000000',
  committerTime: '1500000100',
  subject: 'a subject',
};
const activity = (fields: Partial<Commit>) =>
  activityOf({ ...commit, ...fields }, { username: 'jane@example.com' }, 7, now);

describe('a commit as an activity', () => {
  it('has the hash as its id, the author’s date and the subject', () => {
    expect(activity({})).toEqual({
      id: commit.hash,
      type: 'commit',
      username: 'jane@example.com',
      workspaceId: 7,
      occurredAt: '2017-07-14T02:40:00.000Z',
      data: { subject: 'a subject' },
    });
  });

  it.each([
    ['0', '1970-01-01T00:00:00.000Z'],
    ['-86400', '1969-12-31T00:00:00.000Z'],
    ['-62135596800', '0001-01-01T00:00:00.000Z'],
    [String(now / 1000), '2026-01-01T00:00:00.000Z'],
  ])('takes the date %s, however old', (authorTime, occurredAt) => {
    expect(activity({ authorTime })).toMatchObject({ occurredAt, data: { subject: 'a subject' } });
    expect(activity({ authorTime }).data.authorDate).toBeUndefined();
  });

  it.each([
    ['4102444800', '2100-01-01T00:00:00.000Z'],
    [String(now / 1000 + 1), '2026-01-01T00:00:01.000Z'],
    ['-62135596801', '0000-12-31T23:59:59.000Z'],
    ['99999999999999999999999', '99999999999999999999999'],
    ['yesterday', 'yesterday'],
    ['1e3', '1e3'],
    ['', ''],
  ])('takes the committer’s date for %j and keeps what stood there', (authorTime, authorDate) => {
    expect(activity({ authorTime })).toMatchObject({ occurredAt: '2017-07-14T02:41:40.000Z', data: { authorDate } });
  });

  it('happens now where both dates are in the future, and at the epoch, as in git, where there is none', () => {
    const lost = activity({ authorTime: '4102444800', committerTime: '4102444801' });
    expect(lost).toMatchObject({
      occurredAt: '2026-01-01T00:00:00.000Z',
      data: { authorDate: '2100-01-01T00:00:00.000Z' },
    });
    expect(activity({ authorTime: '', committerTime: '9e9' }).occurredAt).toBe('1970-01-01T00:00:00.000Z');
    expect(activity({ authorTime: '', committerTime: '4102444800' }).occurredAt).toBe('2026-01-01T00:00:00.000Z');
  });

  it.each([
    ['ASCII', 'x'.repeat(100_000)],
    ['quotes', '"'.repeat(100_000)],
    ['pictures', '😀'.repeat(100_000)],
    ['tabs', '\t'.repeat(9_000)],
  ])('has as much of a long subject of %s as 16 KiB hold', (_, subject) => {
    const { data } = activity({ subject, authorTime: '4102444800' });
    const bytes = Buffer.byteLength(JSON.stringify(data));
    expect(bytes).toBeLessThanOrEqual(16 * 1024);
    expect(bytes).toBeGreaterThan(16 * 1024 - 8);
    expect(data).toMatchObject({ truncated: true, authorDate: '2100-01-01T00:00:00.000Z' });
    expect(subject.startsWith(data.subject)).toBe(true);
    expect(data.subject.isWellFormed()).toBe(true);
  });

  it('leaves a subject that just fits as it is', () => {
    const subject = 'x'.repeat(16 * 1024 - '{"subject":""}'.length);
    expect(activity({ subject }).data).toEqual({ subject });
    expect(activity({ subject: `${subject}x` }).data).toEqual({ subject: subject.slice(0, -17), truncated: true });
  });

  it('has its subject as it is, but for the one character that the service would refuse', () => {
    const subject = '\u001b[31mred\tx\u0085';
    expect(activity({ subject }).data.subject).toBe(subject);
    expect(activity({ subject: 'a\0b' }).data.subject).toBe('a\uFFFDb');
  });
});
