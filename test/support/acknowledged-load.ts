import { setTimeout as pause } from 'node:timers/promises';
import { streamedLines } from '@tidemark/client';
import type { Answer, Client } from './service.ts';

const ACTIVITIES_A_REQUEST = 20;
/** Every so many requests of a client one is sent once more that was acknowledged before. */
const AGAIN = 5;
const COMMANDS_A_REGISTRATION = 10;
const PAUSE_MS = 15;

type Request = [method: string, path: string, body: object, headers?: Record<string, string>];

/** A command, and what it was answered. */
export interface Answered {
  readonly request: Request;
  readonly status: number;
  readonly body: { readonly id: number } & Record<string, unknown>;
}

/** Activities and commands that come without a pause, each again until it is acknowledged. */
export class AcknowledgedLoad {
  /** The ids of the activities that were acknowledged, by user. */
  readonly activities = new Map<number, string[]>();
  readonly commands: Answered[] = [];
  private readonly client: Client;
  private sending = true;
  private givenUp = false;
  private all: Promise<unknown> = Promise.resolve();

  constructor(client: Client) {
    this.client = client;
  }

  /** Begins with so many users who are active, and as many who change and register others. */
  async start(each: number): Promise<void> {
    const users: number[] = [];
    for (let n = 0; n < 2 * each; n += 1) users.push(await this.register(`user${n}`));
    const clients = users.map((user, n) => (n < each ? this.walk(user) : this.change(user)));
    this.all = Promise.all(clients);
    this.all.catch(() => undefined);
  }

  /** Resolves when everything that was sent is acknowledged; rejects where something was refused. */
  async stop(): Promise<void> {
    this.sending = false;
    await this.all;
  }

  /** Whatever is not acknowledged yet is let go. */
  async giveUp(): Promise<void> {
    this.givenUp = true;
    await this.stop().catch(() => undefined);
  }

  get acknowledged(): { activities: number; commands: number } {
    const counts = [...this.activities.values()].map(({ length }) => length);
    return { activities: counts.reduce((sum, count) => sum + count, 0), commands: this.commands.length };
  }

  private async walk(userId: number): Promise<void> {
    const ids: string[] = [];
    this.activities.set(userId, ids);
    for (let count = 0; this.sending; count += 1) {
      const isNew = count % AGAIN !== AGAIN - 1;
      const next = Array.from({ length: ACTIVITIES_A_REQUEST }, (_, n) => `${userId}/${count}/${n}`);
      const sent = isNew ? next : ids.slice(-2 * ACTIVITIES_A_REQUEST, -ACTIVITIES_A_REQUEST);
      const items = sent.map((id) => ({ id, userId, type: 'step' }));
      const { body } = await this.answered(['POST', '/api/v3/activities', items], [202]);
      if ((body as { accepted: number }).accepted !== sent.length) throw new Error(JSON.stringify(body));
      if (isNew) ids.push(...sent);
      await pause(PAUSE_MS);
    }
  }

  private async change(userId: number): Promise<void> {
    for (let count = 1; this.sending; count += 1) {
      if (count % COMMANDS_A_REGISTRATION === 0) await this.register(`user${userId}-${count}`);
      else await this.command('PATCH', `/api/v3/users/${userId}`, { profile: { count } }, `${userId}-${count}`);
      await pause(PAUSE_MS);
    }
  }

  private async register(username: string): Promise<number> {
    const user = { username, email: `${username}@example.com` };
    return (await this.command('POST', '/api/v3/users', user, username)).id;
  }

  /** Under its key until its outcome is known. */
  private async command(method: string, path: string, body: object, key: string): Promise<Answered['body']> {
    const request: Request = [method, path, body, { 'idempotency-key': key }];
    const answer = await this.answered(request, [200, 201]);
    this.commands.push({ request, status: answer.status, body: answer.body as Answered['body'] });
    return answer.body as Answered['body'];
  }

  private async answered(request: Request, statuses: readonly number[]): Promise<Answer> {
    for (;;) {
      const answer = await this.client(...request);
      if (statuses.includes(answer.status)) return answer;
      const isToBeAskedAgain = [202, 503].includes(answer.status) || answer.body.type === '/problems/in-flight';
      if (!isToBeAskedAgain || this.givenUp)
        throw new Error(`${request[0]} ${request[1]}: ${JSON.stringify(answer.body)}`);
      await pause(PAUSE_MS);
    }
  }
}

/** The ids of all activities of an environment as a client is shown them that comes back to where it was cut off. */
export class ResumingStream {
  readonly ids: string[] = [];
  private position: string | undefined;
  private readonly closing = new AbortController();
  private readonly open: () => Promise<Response>;
  private reading: Promise<void> = Promise.resolve();

  constructor(url: string, token: string) {
    const { signal } = this.closing;
    this.open = () => {
      const after = this.position !== undefined && { 'last-event-id': this.position };
      const headers = { authorization: `Bearer ${token}`, accept: 'application/x-ndjson', ...after };
      return fetch(`${url}/api/v3/stream`, { headers, signal });
    };
  }

  /** Resolves when it knows its first position. */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.reading = this.read(first.resolve);
    this.reading.catch(first.reject);
    await first.promise;
  }

  /** Rejects where a position was not known any more. */
  async stop(): Promise<void> {
    this.closing.abort();
    await this.reading;
  }

  private async read(begun: () => void): Promise<void> {
    while (!this.closing.signal.aborted) {
      const answer = await this.open().catch(() => undefined);
      if (answer?.status === 200) await this.readLines(answer, begun);
      else await pause(PAUSE_MS);
    }
  }

  private async readLines({ body }: Response, begun: () => void): Promise<void> {
    try {
      for await (const line of streamedLines(body)) {
        if (line.reset) throw new PositionForgotten(JSON.stringify(line.reset));
        this.position = line.position;
        if (line.id !== undefined) this.ids.push(line.id);
        begun();
      }
    } catch (error) {
      // It was cut off.
      if (error instanceof PositionForgotten) throw error;
    }
  }
}

class PositionForgotten extends Error {}
