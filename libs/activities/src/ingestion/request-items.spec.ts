import { describe, expect, it } from '@jest/globals';
import { NDJSON } from '#platform';
import { CLOUDEVENT, CLOUDEVENTS_BATCH, slicesOf } from './request-items.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const JSON_TYPE = 'application/json';

async function itemsOf(mediaType: string | undefined, body: string, headers: Record<string, string> = {}) {
  const all = { ...headers, ...(mediaType !== undefined && { 'content-type': mediaType }) };
  const request = { headers: all, raw: { rawHeaders: Object.entries(all).flat() } } as Parameters<typeof slicesOf>[0];
  return (await slicesOf(request, Buffer.from(body))).flatMap((slice) => slice.read(now));
}

const event = { specversion: '1.0', id: 'e', source: '/s', type: 't', subject: 'jane' };
const taken = { id: 'e', source: '/s', type: 't', users: [{ username: 'jane' }] };
const byHeaders = Object.fromEntries(Object.entries(event).map(([name, value]) => [`ce-${name}`, value]));

describe('the items of a request', () => {
  it('are activities as lines, as an array or alone', async () => {
    const item = '{"userId":1,"type":"t","data":{"n":1.0}}';
    const items = [{ users: [{ userId: 1 }], type: 't', data: '{"n":1.0}' }, { code: 'invalid' }];
    expect(await itemsOf(NDJSON, `${item}\n\nnull`)).toMatchObject(items);
    expect(await itemsOf(JSON_TYPE, `[${item},null]`)).toMatchObject(items);
    expect(await itemsOf(JSON_TYPE, item)).toMatchObject(items.slice(0, 1));
  });

  it('say what is wrong with them alone', async () => {
    const large = `"${'x'.repeat(128 * 1024)}"`;
    const faults = [
      { code: 'invalid', detail: 'the line is no JSON' },
      { code: 'too-large', detail: 'an item takes at most 131072 bytes' },
    ];
    expect(await itemsOf(NDJSON, `{"a":\n${large}`)).toEqual(faults);
    expect(await itemsOf(JSON_TYPE, `[${large}]`)).toEqual(faults.slice(1));
    expect(await itemsOf(JSON_TYPE, large, byHeaders)).toEqual(faults.slice(1));
  });

  it('are the events of a batch, which is an array', async () => {
    expect(await itemsOf(CLOUDEVENTS_BATCH, JSON.stringify([event, {}]))).toMatchObject([taken, { code: 'invalid' }]);
    await expect(itemsOf(CLOUDEVENTS_BATCH, JSON.stringify(event))).rejects.toMatchObject({ code: 'invalid-body' });
  });

  it('are one event in structured mode, which is no array', async () => {
    expect(await itemsOf(CLOUDEVENT, JSON.stringify(event))).toMatchObject([taken]);
    expect(await itemsOf(CLOUDEVENT, '7')).toMatchObject([{ code: 'invalid', detail: 'an event is a JSON object' }]);
    await expect(itemsOf(CLOUDEVENT, JSON.stringify([event]))).rejects.toMatchObject({ code: 'invalid-body' });
  });

  it('are one event in binary mode, whose data is the body', async () => {
    expect(await itemsOf(JSON_TYPE, '{"n":1.0}', byHeaders)).toMatchObject([{ ...taken, data: '{"n":1.0}' }]);
    expect(await itemsOf(undefined, '{"n":-0}', byHeaders)).toMatchObject([{ ...taken, data: '{"n":-0}' }]);
    for (const type of [JSON_TYPE, undefined]) {
      const [item] = await itemsOf(type, '', byHeaders);
      expect(item).toMatchObject({ ...taken, data: undefined });
    }
  });

  it('are an event in the mode that the Content-Type says, whatever headers come along', async () => {
    const others = { ...byHeaders, 'ce-id': 'other', 'ce-subject': '%' };
    expect(await itemsOf(CLOUDEVENT, JSON.stringify(event), others)).toMatchObject([taken]);
    expect(await itemsOf(CLOUDEVENTS_BATCH, JSON.stringify([event]), others)).toMatchObject([taken]);
  });

  it('say of a binary event what is wrong with it', async () => {
    const { 'ce-source': _, ...without } = byHeaders;
    expect(await itemsOf(JSON_TYPE, '{}', without)).toEqual([{ code: 'invalid', detail: 'source is required' }]);
    expect(await itemsOf(JSON_TYPE, '[]', byHeaders)).toMatchObject([{ detail: 'data takes a JSON object' }]);
    expect(await itemsOf(NDJSON, '{}', byHeaders)).toMatchObject([{ detail: 'datacontenttype must be JSON' }]);
    await expect(itemsOf(JSON_TYPE, '{', byHeaders)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
