import { describe, expect, it } from '@jest/globals';
import { namer } from './ids.js';

const body = Buffer.from('[{"userId":1,"type":"x"}]');

describe('ids for activities that came without one', () => {
  it('are the same for a resend with the same key and body', () => {
    expect(namer('me', 'key', body)(0)).toBe(namer('me', 'key', Buffer.from(body))(0));
  });

  it('are others for another item, key, body or sender', () => {
    const ids = [
      namer('me', 'key', body)(0),
      namer('me', 'key', body)(1),
      namer('me', 'other', body)(0),
      namer('me', 'key', Buffer.from('[]'))(0),
      namer('you', 'key', body)(0),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are never the same without a key', () => {
    const name = namer('me', undefined, body);
    expect(name(0)).not.toBe(name(0));
  });
});
