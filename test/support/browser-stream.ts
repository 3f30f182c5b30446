import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { choosePorts } from '../../launcher/ports.ts';
import type { BrowserWithPages } from './browser.ts';
import { call, type Target } from './chaos/load.ts';
import { type Cable, cableTo } from './cut-off.ts';
import { eventually } from './eventually.ts';
import { type Nginx, startNginx } from './nginx.ts';
import { followInPage, type Kept, keptIn, type Way } from './page-streams.ts';

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

/** From the page to the service. */
interface Path {
  readonly outer: Cable;
  nginx: Nginx;
  /** Leads to the service unless told otherwise. */
  readonly startNginx: (location?: string) => Promise<Nginx>;
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
    const start = (location = locationOf(inner.port)) => startNginx(port, location);
    const nginx = await start();
    const outer = await cableTo(port);
    const page = await options.browser.pageAt('127.0.0.1');
    const users = await registered(options);
    const streams = new BrowserStreams(options, page, users, { nginx, startNginx: start, inner, outer });
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
    else await this.restartNginx();
  }

  /** Resolves when each stream was opened once more after `cut` and has had an activity behind that. */
  async cutAndComeBack(where: Cut): Promise<void> {
    const before = await this.kept();
    await this.cut(where);
    await this.backSince(before);
  }

  /** nginx answers 502 until each EventSource has closed for it; resolves when the page has another one for each. */
  async refuseAndComeBack(): Promise<void> {
    const before = await this.kept();
    await this.restartNginx('location / { return 502; }');
    await eventually(async () =>
      requireEach(await this.kept(), ({ gaveUp }, at) => gaveUp > before[at]!.gaveUp, 'goes on'),
    );
    await this.restartNginx();
    await this.backSince(before);
  }

  private async restartNginx(location?: string): Promise<void> {
    await this.path.nginx.stop();
    this.path.nginx = await this.path.startNginx(location);
  }

  private async backSince(before: readonly Kept[]): Promise<void> {
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
    return keptIn(this.page);
  }

  private async listen(origin: string): Promise<void> {
    const { way, target } = this.options;
    const urls = this.users.map((user) => `${origin}/api/v3/users/${user}/stream`);
    await followInPage(this.page, way, { origin, urls, authorization: `Bearer ${target.token}` });
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
    const username = `${way.toLowerCase()}-${randomUUID()}`;
    const user = await call(target, 'POST', 'users', { username, email: `${username}@example.com` });
    users.push((user as { id: number }).id);
  }
  return users;
}

function requireEach<Of>(all: readonly Of[], holds: (one: Of, at: number) => boolean, lack: string): void {
  const at = all.findIndex((one, index) => !holds(one, index));
  if (at >= 0) throw new Error(`stream ${at} ${lack}: ${JSON.stringify(all[at]).slice(-300)}`);
}
