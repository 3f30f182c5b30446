import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** By what a page follows a stream: what the browser has, with a ticket, or a library by `fetch`, with a token. */
export type Way = 'EventSource' | 'fetch-event-source';

/** What a page keeps of a stream. */
export interface Kept {
  seen: string[];
  opened: number;
  gaveUp: number;
  resets: number;
  /** The last position that it was told. */
  position?: string;
}

/** Where the streams are, and where tickets are to be had. */
interface Wanted {
  readonly origin: string;
  readonly urls: readonly string[];
  readonly authorization: string;
}

/** Scripts that run in the page: they see nothing of what stands around them, and keep what comes in `globalThis.kept`. */
const inPage: Readonly<Record<Way, (wanted: Wanted) => Promise<void>>> = {
  EventSource: async ({ origin, urls, authorization }) => {
    const page = globalThis as unknown as { kept: Kept[]; EventSource: typeof EventSource };
    page.kept = urls.map(() => ({ seen: [], opened: 0, gaveUp: 0, resets: 0 }));
    const open = (url: string, kept: Kept) => {
      const source = new page.EventSource(kept.position ? `${url}&after=${kept.position}` : url);
      source.addEventListener('position', ({ lastEventId }) => {
        kept.position = lastEventId;
        kept.opened += 1;
      });
      source.addEventListener('reset', () => (kept.resets += 1));
      source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
        kept.position = lastEventId;
        kept.seen.push((JSON.parse(data) as { id: string }).id);
      };
      source.onerror = () => {
        if (source.readyState !== source.CLOSED) return;
        kept.gaveUp += 1;
        setTimeout(() => open(url, kept), 1_000);
      };
    };
    for (const [at, url] of urls.entries()) {
      const answer = await fetch(`${origin}/api/v3/stream-tickets`, { method: 'POST', headers: { authorization } });
      const { ticket } = (await answer.json()) as { ticket: string };
      open(`${url}?ticket=${ticket}`, page.kept[at]!);
    }
  },
  'fetch-event-source': async ({ urls, authorization }) => {
    interface Message {
      readonly event: string;
      readonly data: string;
    }
    const page = globalThis as unknown as { kept: Kept[] };
    const library = '/fetch-event-source/index.js';
    const { fetchEventSource } = (await import(library)) as {
      fetchEventSource(url: string, options: object): Promise<void>;
    };
    page.kept = urls.map(() => ({ seen: [], opened: 0, gaveUp: 0, resets: 0 }));
    for (const [at, url] of urls.entries()) {
      const kept = page.kept[at]!;
      void fetchEventSource(url, {
        headers: { authorization },
        openWhenHidden: true,
        onmessage({ event, data }: Message) {
          if (event === 'position') kept.opened += 1;
          else if (event === 'reset') kept.resets += 1;
          // It makes a message of each heartbeat.
          else if (data !== '') kept.seen.push((JSON.parse(data) as { id: string }).id);
        },
        // Without that it takes a stream that ends in order for the last one.
        onclose() {
          throw new Error('it is to come back');
        },
      });
    }
  },
};

/** The page follows each of these streams, and comes back to it, until it is closed. */
export async function followInPage(page: Page, way: Way, wanted: Wanted): Promise<void> {
  if (way === 'fetch-event-source') await serveLibrary(page);
  await page.evaluate(inPage[way], wanted);
}

/** What the page has of each stream so far. */
export const keptIn = (page: Page): Promise<readonly Kept[]> => page.evaluate('globalThis.kept');

/** The library's own modules as scripts of the page's origin; they name each other without `.js`, as bundlers have it. */
async function serveLibrary(page: Page): Promise<void> {
  const folder = 'node_modules/@microsoft/fetch-event-source/lib/esm';
  await page.route('**/fetch-event-source/*', async (route) => {
    const [name] = /\w+(?=(\.js)?$)/.exec(new URL(route.request().url()).pathname)!;
    await route.fulfill({ contentType: 'text/javascript', body: await readFile(`${folder}/${name}.js`, 'utf8') });
  });
}
