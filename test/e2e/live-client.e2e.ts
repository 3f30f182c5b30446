import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTidemark, type Live, live } from '@tidemark/client';
import { type Page } from 'playwright-core';
import ts from 'typescript';
import { type BrowserWithPages, startBrowser } from '../support/browser.js';
import { type Cable, cableTo } from '../support/cut-off.js';
import { eventually } from '../support/eventually.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Client, type Service, startService } from '../support/service.js';

interface Followed {
  /** What the answers so far and the activities behind the last one come to. */
  count(): Promise<number>;
  resets(): Promise<number>;
  end(): Promise<void>;
}

describe('the published client follows a read', () => {
  let service: Service;
  let cable: Cable;
  let client: Client;
  let users = 0;

  beforeAll(async () => {
    service = await startService();
    cable = await cableTo(Number(new URL(service.url).port));
    client = await service.client();
  });
  afterAll(async () => {
    cable?.close();
    await service?.stop();
  });

  async function newUser(): Promise<number> {
    const username = `u${(users += 1)}`;
    return (await client('POST', '/api/v3/users', { username, email: `${username}@example.com` })).body.id as number;
  }

  const send = async (userId: number, from: number, count: number) => {
    const items = Array.from({ length: count }, (_, n) => ({ id: `a${from + n}`, userId, type: 'step' }));
    const { body } = await client('POST', '/api/v3/activities', [...items, items[0]!]);
    expect(body).toMatchObject({ rejected: [] });
  };

  /** An answer's count and the activities behind it are what was sent at every moment, and in the end all of it. */
  async function follows(start: (userId: number, port: number) => Promise<Followed>): Promise<void> {
    const userId = await newUser();
    await send(userId, 0, 5);
    const followed = await start(userId, cable.port);
    for (let sent = 5; sent < 65; sent += 20) {
      await send(userId, sent, 10);
      cable.cut();
      await send(userId, sent + 10, 10);
      await eventually(async () => expect(await followed.count()).toBe(sent + 20));
    }
    expect(await followed.resets()).toBe(0);
    await followed.end();
  }

  it('in Node, with nothing missing and nothing twice where the connection breaks', () =>
    follows(async (userId, port) => {
      const tidemark = createTidemark({
        url: `http://127.0.0.1:${port}`,
        environment: 'demo',
        token: () => service.token(),
      });
      const read = () =>
        tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { path: { user_id: userId } } });
      const ending = new AbortController();
      const seen = { count: 0, resets: 0 };
      const { signal } = ending;
      const following = (async () => {
        for await (const item of live(tidemark, read, { userId, signal, retryMs: 10 })) note(seen, item);
      })();
      return {
        count: async () => seen.count,
        resets: async () => seen.resets,
        async end() {
          ending.abort();
          await following;
        },
      };
    }));

  it('beyond what a token lasts', async () => {
    const userId = await newUser();
    const tidemark = createTidemark({
      url: service.url,
      environment: 'demo',
      token: () => service.token({ ttl: 2 }),
    });
    const read = () =>
      tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { path: { user_id: userId } } });
    let opened = 0;
    const counting: typeof tidemark = Object.assign(Object.create(tidemark) as typeof tidemark, {
      GET: ((...asked: unknown[]) => {
        opened += 1;
        return (tidemark.GET as (...asked: unknown[]) => unknown)(...asked);
      }) as typeof tidemark.GET,
    });
    const seen = { count: 0, resets: 0 };
    const ending = new AbortController();
    const { signal } = ending;
    const following = (async () => {
      for await (const item of live(counting, read, { userId, signal, retryMs: 10 })) note(seen, item);
    })();
    await eventually(() => expect(opened).toBeGreaterThanOrEqual(2));
    await send(userId, 0, 3);
    await eventually(() => expect(seen).toEqual({ count: 3, resets: 0 }));
    ending.abort();
    await following;
  });

  describe('in a browser', () => {
    let browser: BrowserWithPages;
    let page: Page;
    let admitted: Service;

    beforeAll(async () => {
      browser = await startBrowser();
      const corsOrigins = [`http://127.0.0.1:${browser.port}`];
      const namespace = service.namespace.name;
      admitted = await startService({ namespace, owner: false, projector: false, interfaceOf: { corsOrigins } });
      page = await browser.pageAt('127.0.0.1');
      await serveClient(page);
    }, INSTALLED_WITHIN_MS);
    afterAll(async () => {
      await browser?.close();
      await admitted?.stop();
    });

    it('of another origin, with nothing missing and nothing twice where the connection breaks', async () => {
      const before = cable;
      cable = await cableTo(Number(new URL(admitted.url).port));
      before.close();
      await follows(async (userId, port) => {
        const token = await service.token();
        await page.evaluate(`(async () => {
          const { createTidemark, live } = await import('/client/index.js');
          const tidemark = createTidemark({ url: 'http://127.0.0.1:${port}', environment: 'demo', token: '${token}' });
          const read = () =>
            tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { path: { user_id: ${userId} } } });
          globalThis.ending = new AbortController();
          globalThis.seen = { count: 0, resets: 0 };
          const options = { userId: ${userId}, signal: globalThis.ending.signal, retryMs: 10 };
          globalThis.following = (async () => {
            for await (const item of live(tidemark, read, options)) (${note.toString()})(globalThis.seen, item);
          })();
        })()`);
        return {
          count: () => page.evaluate('globalThis.seen.count'),
          resets: () => page.evaluate('globalThis.seen.resets'),
          end: () => page.evaluate('globalThis.ending.abort(), globalThis.following'),
        };
      });
    });
  });
});

/** Also runs in a page: it sees nothing of what stands around it. */
function note(seen: { count: number; resets: number }, item: Live<{ count: number }>): void {
  if (item.kind === 'answer') seen.count = item.data.count;
  else if (item.kind === 'activity') seen.count += 1;
  else seen.resets += 1;
}

/** The client's sources as scripts of the page's origin, as a bundler would have them. */
async function serveClient(page: Page): Promise<void> {
  const sources = 'clients/typescript/src';
  await page.route('**/client/*.js', async (route) => {
    const [name] = /[\w-]+(?=\.js$)/.exec(new URL(route.request().url()).pathname)!;
    const text =
      name === 'openapi-fetch'
        ? await readFile('node_modules/openapi-fetch/dist/index.mjs', 'utf8')
        : ts.transpile(await readFile(`${sources}/${name}.ts`, 'utf8'), { module: ts.ModuleKind.ESNext, target: 99 });
    await route.fulfill({ contentType: 'text/javascript', body: text });
  });
  const imports = { 'openapi-fetch': '/client/openapi-fetch.js' };
  await page.evaluate(`{
    const map = document.createElement('script');
    map.type = 'importmap';
    map.textContent = ${JSON.stringify(JSON.stringify({ imports }))};
    document.head.append(map);
  }`);
}
