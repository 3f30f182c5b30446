import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { type BrowserWithPages, startBrowser } from '../support/browser.js';
import { type Cable, cableTo } from '../support/cut-off.js';
import { eventually } from '../support/eventually.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Client, type Service, startService } from '../support/service.js';

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What a script of the page sees of an answer; `blocked` where the browser shows it nothing. */
interface Seen {
  readonly blocked?: string;
  readonly status?: number;
  readonly headers: Record<string, string>;
  readonly body?: any;
}

/** Scripts here run in the page: they see nothing of what stands around them. */
const inPage = {
  ask: async ([url, asked]: [string, Asked]): Promise<Seen> => {
    try {
      const answer = await fetch(url, asked);
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get('content-type') ?? '');
      const headers = Object.fromEntries(answer.headers.entries());
      return { status: answer.status, headers, body: isJson ? (JSON.parse(text) as unknown) : text };
    } catch (error) {
      return { blocked: (error as Error).name, headers: {} };
    }
  },
  /** Keeps what comes in `globalThis.seen`. */
  readStream: async ([url, authorization]: [string, string]): Promise<void> => {
    const seen = ((globalThis as any).seen = [''] as string[]);
    const answer = await fetch(url, { headers: { authorization } });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    void (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) seen.push(part.value);
    })();
  },
  /** Keeps the ids of activities in `globalThis.seen`, and how often it opened in `globalThis.opened`. */
  listen: (url: string): Promise<void> => {
    const page = globalThis as any;
    Object.assign(page, { seen: [], opened: 0 });
    const source = new page.EventSource(url);
    source.onmessage = ({ data }: { data: string }) => page.seen.push((JSON.parse(data) as { id: string }).id);
    return new Promise((resolve) => {
      source.onopen = () => {
        page.opened += 1;
        resolve();
      };
    });
  },
  seen: () => (globalThis as any).seen as string[],
  opened: () => (globalThis as any).opened as number,
};

describe('a page of another origin, in a browser', () => {
  let browser: BrowserWithPages;
  let service: Service;
  let cable: Cable;
  let client: Client;
  let authorization: string;
  let page: Page;
  let stranger: Page;

  beforeAll(async () => {
    browser = await startBrowser();
    const corsOrigins = [`http://127.0.0.1:${browser.port}`];
    service = await startService({ interfaceOf: { corsOrigins } });
    cable = await cableTo(Number(new URL(service.url).port));
    client = await service.client();
    authorization = `Bearer ${await service.token()}`;
    page = await browser.pageAt('127.0.0.1');
    stranger = await browser.pageAt('localhost');
  }, INSTALLED_WITHIN_MS);
  afterAll(async () => {
    await browser?.close();
    cable?.close();
    await service?.stop();
  });

  const ask = (from: Page, path: string, { headers, ...asked }: Asked = {}) =>
    from.evaluate(inPage.ask, [service.url + path, { ...asked, headers: { authorization, ...headers } }] as [
      string,
      Asked,
    ]);
  const post = (from: Page, path: string, type: string, body: string, headers = {}) =>
    ask(from, path, { method: 'POST', body, headers: { 'content-type': type, ...headers } });
  const send = (...ids: string[]) =>
    client(
      'POST',
      '/api/v3/activities',
      ids.map((id) => ({ id, userId: 1, type: 'step' })),
    );

  it('registers a user and reads where it is, which version it is and which request that was', async () => {
    const jane = JSON.stringify({ username: 'jane', email: 'jane@example.com' });
    const made = await post(page, '/api/v3/users', 'application/json', jane, { 'idempotency-key': 'k' });
    expect(made).toMatchObject({
      status: 201,
      headers: { location: '/api/v3/users/1', etag: '"1"', 'request-id': expect.stringMatching(/^urn:uuid:/) },
      body: { id: 1 },
    });
  });

  it('changes what it has read, and is told where that is stale', async () => {
    const { headers } = await ask(page, '/api/v3/users/1', { headers: { 'if-none-match': '"9"' } });
    const change = (firstName: string) =>
      ask(page, '/api/v3/users/1', {
        method: 'PATCH',
        body: JSON.stringify({ firstName }),
        headers: { 'content-type': 'application/merge-patch+json', 'if-match': headers.etag! },
      });
    expect(await change('Jane')).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { firstName: 'Jane' } });
    expect(await change('Janet')).toMatchObject({ status: 412, body: { type: '/problems/stale-version' } });
  });

  it('sends activities as lines and as CloudEvents, and follows the link of their feed', async () => {
    const lines = [1, 2].map((n) => JSON.stringify({ userId: 1, type: 'step', id: `line-${n}` })).join('\n');
    const lane = { 'tidemark-lane': 'backfill' };
    expect(await post(page, '/api/v3/activities', 'application/x-ndjson', lines, lane)).toMatchObject({
      status: 202,
      body: { accepted: 2 },
    });
    const event = { specversion: '1.0', id: 'event', source: '/page', type: 'step', subject: '1' };
    const batch = JSON.stringify([event]);
    const sent = await post(page, '/api/v3/activities', 'application/cloudevents-batch+json', batch);
    expect(sent).toMatchObject({ status: 202, body: { accepted: 1 } });
    await eventually(async () => {
      expect((await client('GET', '/api/v3/users/1/activities/count')).body).toEqual({ count: 3 });
    });
    const first = await ask(page, '/api/v3/users/1/activities?limit=2');
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(first.headers.link ?? '') ?? [];
    expect((await ask(page, next!.replace(service.url, ''))).body).toHaveLength(1);
  });

  it.each([
    ['nobody let in', '/api/v3/users', 'GET', 401, 'www-authenticate'],
    ['nothing there', '/api/v3/nowhere', 'GET', 404, 'request-id'],
    ['a method that is not taken', '/api/v3/users', 'DELETE', 405, 'allow'],
    ['what is too large', '/api/v3/users', 'POST', 413, 'request-id'],
  ])('reads what is wrong: %s', async (_, path, method, status, header) => {
    const asked = {
      method,
      ...(method === 'POST' && { body: JSON.stringify({ username: 'x'.repeat(100_000) }) }),
      headers: { 'content-type': 'application/json', ...(status === 401 && { authorization: 'Bearer x.y.z' }) },
    };
    const seen = await ask(page, path, asked);
    expect(seen).toMatchObject({ status, body: { status, instance: seen.headers['request-id'] } });
    expect(seen.headers[header]).toBeDefined();
  });

  it('reads that the service is not ready, and when to come back', async () => {
    const corsOrigins = [`http://127.0.0.1:${browser.port}`];
    const unready = await startService({ projector: false, interfaceOf: { corsOrigins } });
    try {
      const url = `${unready.url}/api/v3/users`;
      const seen = await page.evaluate(inPage.ask, [url, { headers: { authorization } }] as [string, Asked]);
      expect(seen).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    } finally {
      await unready.stop();
    }
  });

  it('reads a stream by fetch as it comes', async () => {
    const url = `${service.url}/api/v3/users/1/stream`;
    await page.evaluate(inPage.readStream, [url, authorization] as [string, string]);
    await send('fetched');
    await eventually(async () => expect((await page.evaluate(inPage.seen)).join('')).toContain('"id":"fetched"'));
  });

  it('listens by a ticket, and misses nothing where the connection breaks', async () => {
    const { body } = await post(page, '/api/v3/stream-tickets', 'application/json', '');
    await page.evaluate(inPage.listen, `http://127.0.0.1:${cable.port}/api/v3/users/1/stream?ticket=${body.ticket}`);
    await send('before');
    await eventually(async () => expect(await page.evaluate(inPage.seen)).toEqual(['before']));
    cable.cut();
    await send('meanwhile');
    await eventually(async () => expect(await page.evaluate(inPage.seen)).toEqual(['before', 'meanwhile']));
    await send('after');
    await eventually(async () => expect(await page.evaluate(inPage.seen)).toEqual(['before', 'meanwhile', 'after']));
    expect(await page.evaluate(inPage.opened)).toBe(2);
  });

  it('of an origin that is not let in sees nothing, and changes nothing', async () => {
    expect(await ask(stranger, '/api/v3/users')).toMatchObject({ blocked: 'TypeError' });
    const user = JSON.stringify({ username: 'strange', email: 'strange@example.com' });
    expect(await post(stranger, '/api/v3/users', 'application/json', user)).toMatchObject({ blocked: 'TypeError' });
    expect(await post(page, '/api/v3/users', 'application/json', user)).toMatchObject({ status: 201 });
  });
});
