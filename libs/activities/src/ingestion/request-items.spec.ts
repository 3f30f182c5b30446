import { describe, expect, it } from '@jest/globals';
import { NDJSON } from '#platform';
import { CLOUDEVENTS_BATCH, slicesOf } from './request-items.js';

const itemsOf = async (mediaType: string, body: string) =>
  (await slicesOf(mediaType, Buffer.from(body))).flatMap((slice) => slice.read());

describe('the items of a request', () => {
  it('are activities as lines, as an array or alone', async () => {
    const items = [{ activity: { a: 1 } }, { activity: null }];
    expect(await itemsOf(NDJSON, '{"a":1}\n\nnull')).toEqual(items);
    expect(await itemsOf('application/json', '[{"a":1},null]')).toEqual(items);
    expect(await itemsOf('application/json', '{"a":1}')).toEqual(items.slice(0, 1));
  });

  it('say what is wrong with them alone', async () => {
    const large = `"${'x'.repeat(128 * 1024)}"`;
    const faults = [
      { fault: { code: 'invalid', detail: 'the line is no JSON' } },
      { fault: { code: 'too-large', detail: 'an item takes at most 131072 bytes' } },
    ];
    expect(await itemsOf(NDJSON, `{"a":\n${large}`)).toEqual(faults);
    expect(await itemsOf('application/json', `[${large}]`)).toEqual(faults.slice(1));
  });

  it('are the events of a batch, which is an array', async () => {
    const event = { specversion: '1.0', id: 'e', type: 't', subject: '1' };
    const items = await itemsOf(CLOUDEVENTS_BATCH, JSON.stringify([event, {}]));
    expect(items).toEqual([{ activity: { id: 'e', type: 't', userId: 1 } }, { fault: expect.anything() }]);
    await expect(itemsOf(CLOUDEVENTS_BATCH, JSON.stringify(event))).rejects.toMatchObject({ code: 'invalid-body' });
  });
});
