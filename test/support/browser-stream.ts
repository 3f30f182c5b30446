import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { choosePorts } from '../../launcher/ports.ts';
import type { BrowserWithPages } from './browser.ts';
import { call, type Target } from './chaos/load.ts';
import { type Cable, cableTo } from './cut-off.ts';
import { eventually } from './eventually.ts';
import { type Nginx, startNginx } from './nginx.ts';

/** By what a page follows a stream: what the browser has, with a ticket, or a library by `fetch`, with a token. */
export type Way = 'EventSource' | 'fetch-event-source';

/** Where the way from the service to the page breaks: before nginx, behind it, or in it, as it is started anew. */
export const CUTS = ['page to nginx', 'nginx to service', 'nginx'] as const;
export type Cut = (typeof CUTS)[number];

/** What all streams of a page come to. */
export interface BrowserReport {
  /** Sent, to all users together. */
  readonly activities: number;
  /** How often streams were opened, the first time left out. */
  readonly reconnects: number;
  /** How often a stream was refused, so that the page had to open another one. */
  readonly gaveUp: number;
  readonly resets: number;
  readonly missed: number;
  readonly twice: number;
  readonly outOfOrder: number;
  /** The versions of HTTP that nginx answered by. */
  readonly versions: readonly string[];
}

interface Options {
  /** The service, which lets in pages of `http://127.0.0.1:<browser.port>`. */
  readonly target: Target;
  readonly browser: BrowserWithPages;
  readonly way: Way;
  /** Each of a user of its own. */
  readonly streams: number;
}

/** What a page keeps of a stream. */
interface Kept {
  seen: string[];
  opened: number;
  gaveUp: number;
  resets: number;
  /** The last position that it was told. */
  position?: string;
}

/** From the page to the service. */
interface Path {
  readonly outer: Cable;
  nginx: Nginx;
  readonly restart: () => Promise<Nginx>;
  readonly inner: Cable;
}

const SENT_EVERY_MS = 50;

/** Streams that a page of another origin follows through nginx with TLS and HTTP/2, and how the way to them breaks. */
export class BrowserStreams {
  private sent = 0;
  private sending: Promise<void> = Promise.resolve();
  private enough = true;
  private readonly versions = new Set<string>();
  private readonly options: Options;
  private readonly page: Page;
  private readonly users: readonly number[];
  private readonly path: Path;

  private constructor(options: Options, page: Page, users: readonly number[], path: Path) {
    this.options = options;
    this.page = page;
    this.users = users;
    this.path = path;
    page.on('response', (answer) => {
      if (answer.url().startsWith('https:')) void answer.httpVersion().then((version) => this.versions.add(version));
    });
  }

  /** Resolves when all of them are open. */
  static async open(options: Options): Promise<BrowserStreams> {
    const inner = await cableTo(Number(new URL(options.target.url).port));
    const { nginx: port } = await choosePorts(['nginx'], {});
    const restart = () => startNginx(port, locationOf(inner.port));
    const nginx = await restart();
    const outer = await cableTo(port);
    const page = await options.browser.pageAt('127.0.0.1');
    const users = await registered(options);
    const streams = new BrowserStreams(options, page, users, { nginx, restart, inner, outer });
    await streams.listen(`https://127.0.0.1:${outer.port}`);
    return streams;
  }

  /** Sends an activity to each user, again and again, until `finish`. */
  startSending(): void {
    this.enough = false;
    this.sending = this.send();
    // It is awaited at the end.
    this.sending.catch(() => undefined);
  }

  async cut(where: Cut): Promise<void> {
    if (where === 'page to nginx') this.path.outer.cut();
    else if (where === 'nginx to service') this.path.inner.cut();
    else {
      await this.path.nginx.stop();
      this.path.nginx = await this.path.restart();
    }
  }

  /** Resolves when each stream was opened once more after `cut` and has had an activity behind that. */
  async cutAndComeBack(where: Cut): Promise<void> {
    const before = await this.kept();
    await this.cut(where);
    let opened: readonly Kept[] = [];
    await eventually(async () => {
      opened = await this.kept();
      requireEach(opened, ({ opened }, at) => opened > before[at]!.opened, 'is not open again');
    });
    await eventually(async () => {
      const now = await this.kept();
      requireEach(now, ({ seen }, at) => seen.length > opened[at]!.seen.length, 'has nothing more');
    });
  }

  /** Sends no more, and waits for all that was sent, as long as it comes. */
  async finish(): Promise<BrowserReport> {
    this.enough = true;
    await this.sending;
    const last = `a${this.sent - 1}`;
    await eventually(async () =>
      requireEach(await this.kept(), ({ seen }) => this.sent === 0 || seen.includes(last), `has no ${last}`),
    ).catch(() => undefined);
    const kept = await this.kept();
    const sum = (of: (one: Kept) => number) => kept.reduce((total, one) => total + of(one), 0);
    return {
      activities: this.sent * kept.length,
      reconnects: sum(({ opened }) => opened - 1),
      gaveUp: sum(({ gaveUp }) => gaveUp),
      resets: sum(({ resets }) => resets),
      missed: sum(({ seen }) => this.sent - new Set(seen).size),
      twice: sum(({ seen }) => seen.length - new Set(seen).size),
      outOfOrder: sum(({ seen }) => seen.filter((id, at) => at > 0 && numberOf(id) < numberOf(seen[at - 1]!)).length),
      versions: [...this.versions],
    };
  }

  async close(): Promise<void> {
    this.enough = true;
    await this.sending.catch(() => undefined);
    await this.page.close();
    this.path.outer.close();
    await this.path.nginx.stop();
    this.path.inner.close();
  }

  private kept(): Promise<readonly Kept[]> {
    return this.page.evaluate('globalThis.kept');
  }

  private async listen(origin: string): Promise<void> {
    const { way, target } = this.options;
    if (way === 'fetch-event-source') await serveLibrary(this.page);
    const urls = this.users.map((user) => `${origin}/api/v3/users/${user}/stream`);
    await this.page.evaluate(inPage[way], { origin, urls, authorization: `Bearer ${target.token}` });
    await eventually(async () => requireEach(await this.kept(), ({ opened }) => opened > 0, 'is not open'));
  }

  private async send(): Promise<void> {
    while (!this.enough) {
      const id = `a${this.sent}`;
      const items = this.users.map((userId) => ({ id, userId, type: 'step' }));
      const answer = (await call(this.options.target, 'POST', 'activities', items)) as { accepted: number };
      if (answer.accepted !== items.length) throw new Error(`${answer.accepted} of ${items.length} were accepted`);
      this.sent += 1;
      await pause(SENT_EVERY_MS);
    }
  }
}

const locationOf = (port: number) => `
location / {
  proxy_pass http://127.0.0.1:${port}/;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
}`;

const numberOf = (id: string) => Number(id.slice(1));

async function registered({ target, way, streams }: Options): Promise<number[]> {
  const users: number[] = [];
  for (let n = 1; n <= streams; n += 1) {
    const username = `${way.toLowerCase()}-${n}`;
    const user = await call(target, 'POST', 'users', { username, email: `${username}@example.com` });
    users.push((user as { id: number }).id);
  }
  return users;
}

function requireEach<Of>(all: readonly Of[], holds: (one: Of, at: number) => boolean, lack: string): void {
  const at = all.findIndex((one, index) => !holds(one, index));
  if (at >= 0) throw new Error(`stream ${at} ${lack}: ${JSON.stringify(all[at]).slice(-300)}`);
}

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
      source.onopen = () => (kept.opened += 1);
      source.addEventListener('position', ({ lastEventId }) => (kept.position = lastEventId));
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

/** The library's own modules as scripts of the page's origin; they name each other without `.js`, as bundlers have it. */
async function serveLibrary(page: Page): Promise<void> {
  const folder = 'node_modules/@microsoft/fetch-event-source/lib/esm';
  await page.route('**/fetch-event-source/*', async (route) => {
    const [name] = /\w+(?=(\.js)?$)/.exec(new URL(route.request().url()).pathname)!;
    await route.fulfill({ contentType: 'text/javascript', body: await readFile(`${folder}/${name}.js`, 'utf8') });
  });
}
