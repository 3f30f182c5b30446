import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { runReplay } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

const DATA = [
  '{"messageId":1524831183200260097}',
  '{"messageId":1524831183200260098}',
  '{"small":1e-400,"one":1.0,"hundred":1E2,"zero":-0,"large":1e999}',
  '{"__proto__":{"__proto__":1},"constructor":{"prototype":null},"toString":"x"}',
  String.raw`{"red":"\u001b[31m","page":"\f"}`,
  '{"controls":"\u007f\u0092","\u0085":"\u2028"}',
  `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
];

describe('the data of activities', () => {
  let service: Service;
  let client: Client;
  let user: number;

  beforeAll(async () => {
    service = await startService();
    client = await service.client();
    user = (await client('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' })).body.id;
    const items = DATA.map((data, n) => `{"userId":${user},"type":"x","id":"${n}","source":"/s/${n}","data":${data}}`);
    const headers = { 'content-type': 'application/json' };
    const answer = await client('POST', '/api/v3/activities', `[${items.join(',')}]`, headers);
    expect(answer.body).toEqual({ accepted: DATA.length, rejected: [] });
    await eventually(async () =>
      expect((await textOf('/activities')).split('"receivedAt"')).toHaveLength(DATA.length + 1),
    );
  });
  afterAll(() => service?.stop());

  const ask = async (path: string, accept: string) => {
    const headers = { authorization: `Bearer ${await service.token()}`, accept };
    return fetch(`${service.url}/api/v3/users/${user}${path}`, { headers });
  };
  const textOf = async (path: string) => (await ask(path, 'application/json')).text();

  /** What a stream has sent when all of it is there. */
  async function streamed(accept: string): Promise<string> {
    const { body } = await ask('/stream?since=2026-01-01T00:00:00Z', accept);
    let text = '';
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.split('"receivedAt"').length > DATA.length) return text;
    }
    return text;
  }

  const holds = (text: string) => {
    for (const [n, data] of DATA.entries()) {
      expect(text).toContain(`"id":"${n}","source":"/s/${n}",`);
      expect(text).toContain(`"data":${data}`);
    }
  };

  const everywhere = async () => {
    holds(await textOf('/activities'));
    holds(await streamed('text/event-stream'));
    holds(await streamed('application/x-ndjson'));
  };

  it('comes back as it was sent: feed, events and lines', everywhere);

  it('comes back so after a replay, which finds nothing else', async () => {
    const before = await textOf('/activities');
    const result = await runReplay(service, { views: ['activities'] });
    expect(result).toMatchObject({ outcome: 'switched' });
    expect(await textOf('/activities')).toBe(before);
    await everywhere();
  });

  it('counts once when the feed is sent as it came', async () => {
    const feed = await textOf('/activities');
    const headers = { 'content-type': 'application/json' };
    const answer = await client('POST', '/api/v3/activities', feed, headers);
    expect(answer.body).toEqual({ accepted: DATA.length, rejected: [] });
    await client('POST', '/api/v3/activities', { userId: user, type: 'last' });
    await eventually(async () => expect(await textOf('/activities')).toContain('"last"'));
    expect((await client('GET', `/api/v3/users/${user}/activities/count`)).body).toEqual({ count: DATA.length + 1 });
  });
});
