import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrowserWithPages, startBrowser } from '../support/browser.js';
import { BrowserStreams, CUTS } from '../support/browser-stream.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Service, startService } from '../support/service.js';

// More than a browser has connections of HTTP/1.1 to one server.
const STREAMS = 8;

describe('a page of another origin, behind nginx with TLS and HTTP/2', () => {
  let browser: BrowserWithPages;
  let service: Service;

  beforeAll(async () => {
    browser = await startBrowser();
    service = await startService({ interfaceOf: { corsOrigins: [`http://127.0.0.1:${browser.port}`] } });
  }, INSTALLED_WITHIN_MS);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  async function open(way: 'EventSource' | 'fetch-event-source') {
    const target = { url: service.url, token: await service.token() };
    return BrowserStreams.open({ target, browser, way, streams: STREAMS });
  }

  it.each(['EventSource', 'fetch-event-source'] as const)(
    'has each activity once and in order wherever the connection breaks, also before the first one: %s',
    async (way) => {
      const streams = await open(way);
      try {
        await streams.cut('page to nginx');
        streams.startSending();
        for (const where of CUTS) await streams.cutAndComeBack(where);
        const report = await streams.finish();
        expect(report).toMatchObject({ missed: 0, twice: 0, outOfOrder: 0, resets: 0, gaveUp: 0 });
        expect(report.versions).toEqual(['HTTP/2.0']);
        expect(report.reconnects).toBeGreaterThanOrEqual(STREAMS * CUTS.length);
      } finally {
        await streams.close();
      }
    },
  );

  it('goes on from where it was by another EventSource where nginx has answered for the service, which closes the first', async () => {
    const streams = await open('EventSource');
    try {
      streams.startSending();
      await streams.refuseAndComeBack();
      const report = await streams.finish();
      expect(report).toMatchObject({ missed: 0, twice: 0, outOfOrder: 0, resets: 0 });
      expect(report.gaveUp).toBeGreaterThanOrEqual(STREAMS);
    } finally {
      await streams.close();
    }
  });
});
