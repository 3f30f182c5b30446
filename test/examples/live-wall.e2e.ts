import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { type BrowserWithPages, startBrowser } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { startExample } from '../support/example.js';
import { type Launch } from '../support/launch.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Client, type Service, startService } from '../support/service.js';

describe('the example of a live wall, in a browser', () => {
  let service: Service;
  let client: Client;
  let browser: BrowserWithPages;
  let wallUrl: string;
  let launch: Launch;
  let page: Page;
  let token: string;

  beforeAll(async () => {
    browser = await startBrowser();
    service = await startService({ interfaceOf: { corsOrigins: ['*'] } });
    client = await service.client();
    const jane = { username: 'jane', email: 'jane@example.com' };
    expect((await client('POST', '/api/v3/users', jane)).status).toBe(201);
    token = await service.token();
    ({ url: wallUrl, launch } = await startExample('live-wall/server.mjs', { url: service.url, token }));
    page = await browser.pageAt('127.0.0.1');
  }, INSTALLED_WITHIN_MS);
  afterAll(async () => {
    await browser?.close();
    launch?.kill();
    await service?.stop();
  });

  const send = (...ids: string[]) =>
    client(
      'POST',
      '/api/v3/activities',
      ids.map((id) => ({ id, userId: 1, type: `step:${id}` })),
    );
  const shown = () => page.locator('li').allTextContents();
  const types = async () => (await shown()).map((text) => text.replace(/^.*: step:/, ''));
  const eventuallyShown = (...ids: string[]) =>
    eventually(async () => expect(await types()).toEqual([...ids].reverse()));

  it('shows what has just happened and what happens from then on, latest first', async () => {
    await send('before');
    await page.goto(wallUrl);
    await eventuallyShown('before');
    await send('one', 'two');
    await eventuallyShown('before', 'one', 'two');
    expect((await shown())[0]).toMatch(/user 1: step:two$/);
    expect(await page.locator('#state').textContent()).toBe('live');
  });

  it('goes on with another ticket where the first one is refused, and misses nothing', async () => {
    let refused = 0;
    // As it is answered when the token behind the ticket has ended.
    await page.route(/\/api\/v3\/stream\?ticket=/, async (route) => {
      refused += 1;
      if (refused > 1) return route.continue();
      return route.fulfill({ status: 401, headers: { 'access-control-allow-origin': '*' } });
    });
    await page.reload();
    await send('meanwhile');
    await eventuallyShown('before', 'one', 'two', 'meanwhile');
    expect(refused).toBeGreaterThan(1);
  });

  it('never tells the page the token', async () => {
    const seen = await page.evaluate(async () => (await fetch('stream', { method: 'POST' })).text());
    expect(seen).not.toContain(token);
    expect(JSON.parse(seen)).toEqual({ url: expect.stringMatching(/\/api\/v3\/stream\?ticket=[\w-]+$/) });
  });
});
