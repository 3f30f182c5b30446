import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from './ledger.ts';

/** Where a client asks, and how it proves that it may. */
export interface Address {
  /** Without a position. */
  readonly url: URL;
  /** Nothing where the address has a ticket. */
  readonly token?: string;
}

// A client comes back so many times sooner than it is told to, or cuts would take hours.
const HASTE = 20;
const RETRY_MS = 2_000;
const LONGEST_WAIT_S = 5;
const MOST_ACTIVITIES = 400;

/** Follows activities over connections that are cut, and always goes on from where it was. */
export abstract class StreamClient {
  /** Connections that broke, and positions that were not known any more. */
  readonly counts = { cuts: 0, resets: 0 };
  /** What answers of 429 and 503 said. */
  readonly refusals: string[] = [];
  readonly account: Account;
  protected position: string | undefined;
  private readonly address: Address;
  private readonly stopping = new AbortController();
  private readonly begun = Promise.withResolvers<void>();
  private following: Promise<void> = Promise.resolve();

  constructor(address: Address, account: Account) {
    this.address = address;
    this.account = account;
  }

  /** Resolves when it knows its first position. */
  async start(): Promise<void> {
    this.following = this.follow();
    this.following.catch(this.begun.reject);
    await this.begun.promise;
  }

  /** Rejects where it was refused as no client should be. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** One request and its answer; resolves to how long to wait before the next, in milliseconds. */
  protected abstract ask(): Promise<number>;

  protected reach(position: string): void {
    this.position = position;
    this.begun.resolve();
  }

  /** Resolves when the head of the answer is there. */
  protected async request(
    parameters: Record<string, string>,
    headers: Record<string, string>,
    agent: Agent | false,
  ): Promise<IncomingMessage> {
    const { token } = this.address;
    const url = new URL(this.address.url);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const authorized = token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
    const request = get(url, { agent, headers: authorized, signal: this.stopping.signal });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return answer;
  }

  protected async refused(answer: IncomingMessage): Promise<number> {
    const said = `${answer.statusCode}: ${await text(answer)}`;
    if (![429, 503].includes(answer.statusCode ?? 0)) throw new Refused(said);
    this.refusals.push(said);
    return RETRY_MS;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const wait = await this.ask().catch((error: unknown) => this.cutOff(error));
      await pause(wait / HASTE, undefined, { signal }).catch(() => undefined);
    }
  }

  private cutOff(error: unknown): number {
    if (error instanceof Refused) throw error;
    if (!this.stopping.signal.aborted) this.counts.cuts += 1;
    return RETRY_MS;
  }
}

class Refused extends Error {}

/** Takes Server-Sent Events as an `EventSource` does: one that has not come whole is not there. */
export class EventStreamClient extends StreamClient {
  private rest = '';
  private retryMs = RETRY_MS;

  protected async ask(): Promise<number> {
    const resumed: Record<string, string> = this.position === undefined ? {} : { 'last-event-id': this.position };
    const answer = await this.request({}, { accept: 'text/event-stream', ...resumed }, false);
    if (answer.statusCode !== 200) return this.refused(answer);
    this.rest = '';
    for await (const chunk of answer.setEncoding('utf8')) this.read(chunk as string);
    return this.retryMs;
  }

  private read(chunk: string): void {
    const events = (this.rest + chunk).split('\n\n');
    this.rest = events.pop() ?? '';
    for (const event of events) this.dispatch(fieldsOf(event));
  }

  private dispatch({ id, data, event, retry }: Partial<Record<string, string>>): void {
    if (retry !== undefined) this.retryMs = Number(retry);
    if (id !== undefined) this.reach(id);
    if (event === 'reset') this.counts.resets += 1;
    if (event === undefined && data !== undefined) this.account.take(data);
  }
}

function fieldsOf(event: string): Partial<Record<string, string>> {
  const fields = event.split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]);
  return Object.fromEntries(fields);
}

/** Asks for one answer after the other, and goes on behind those that came whole. */
export class PollingClient extends StreamClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  override async stop(): Promise<void> {
    await super.stop();
    this.agent.destroy();
  }

  protected async ask(): Promise<number> {
    const answer = await this.request(this.parameters(), { accept: 'application/x-ndjson' }, this.agent);
    if (![200, 410].includes(answer.statusCode ?? 0)) return this.refused(answer);
    const lines = await text(answer);
    if (answer.statusCode === 410) this.counts.resets += 1;
    else for (const line of lines.split('\n').slice(0, -1)) this.account.take(line);
    this.reach(String(answer.headers['tidemark-position']));
    return 0;
  }

  private parameters(): Record<string, string> {
    if (this.position === undefined) return { wait: '0' };
    const limit = 1 + Math.floor(Math.random() * MOST_ACTIVITIES);
    return { wait: `${LONGEST_WAIT_S}`, limit: `${limit}`, after: this.position };
  }
}
