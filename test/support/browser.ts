import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { program } from './programs.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium of its own, with an empty profile, and empty pages on a port of 127.0.0.1, which is `localhost` too. */
export interface BrowserWithPages {
  readonly port: number;
  /** A page of the origin `http://<host>:<port>`. */
  pageAt(host: '127.0.0.1' | 'localhost'): Promise<Page>;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<BrowserWithPages> {
  const executablePath = await program('chromium');
  const pages = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title>');
  }).listen(0, 'localhost');
  await once(pages, 'listening');
  const { port } = pages.address() as AddressInfo;
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    port,
    async pageAt(host) {
      // Servers of tests sign their certificates themselves.
      const page = await browser.newPage({ ignoreHTTPSErrors: true });
      await page.goto(`http://${host}:${port}/`);
      return page;
    },
    async close() {
      await browser.close();
      pages.closeAllConnections();
      pages.close();
    },
  };
}
