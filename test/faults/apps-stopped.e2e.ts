import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { registryViews } from '#registry';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { type Answered, KeepAliveClient } from '../support/keep-alive-client.js';
import { type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

type App = 'api' | 'projector';
const APPS: readonly App[] = ['api', 'projector'];

const STOPS = 20;
const CLIENTS = 6;
/** Answers of commands and of activities between a start and the next stop, each at least. */
const BETWEEN_STOPS = 20;

describe('apps that are stopped while commands and activities come without a pause', () => {
  let service: Service;
  let url: string;
  let sending = true;
  let restarted: Promise<unknown> = Promise.resolve();
  const apps = new Map<App, AppProcess>();
  const answers = { commands: 0, activities: 0 };
  const later: string[] = [];

  const start = async (app: App) => {
    apps.set(app, await spawnApp(app, service, { HOST: '127.0.0.1', PORT: new URL(url).port }));
  };
  // A projector that comes back at once judges what the interface still waits for.
  const restart = async (app: App) => {
    const { kill, gone } = apps.get(app)!;
    kill('SIGTERM');
    expect(await gone).toEqual({ code: 0, signal: null });
    await start(app);
  };

  beforeEach(async () => {
    service = await startService();
    await (
      await service.client()
    )('POST', '/api/v3/users', { username: 'walker', email: 'walker@example.com' });
    await service.stopProjector();
    url = `http://127.0.0.1:${await freePort()}`;
    await Promise.all(APPS.map(start));
  });
  afterEach(async () => {
    sending = false;
    await restarted.catch(() => undefined);
    for (const { kill, gone } of apps.values()) {
      kill('SIGKILL');
      await gone;
    }
    await service.stop();
  });

  it('leave no request without an answer, and lose nothing that they acknowledged', async () => {
    const token = await service.token();
    const clients = Array.from({ length: CLIENTS }, (_, n) => {
      const client = new KeepAliveClient(url, token);
      return (n % 2 === 0 ? register(client, n) : walk(client, n)).finally(() => client.close());
    });
    const cutOff = Promise.all(clients);
    cutOff.catch(() => undefined);
    for (let stops = 0; stops < STOPS; stops += 1) {
      const { commands, activities } = answers;
      await Promise.race([
        eventually(() => {
          expect(answers.commands).toBeGreaterThan(commands + BETWEEN_STOPS);
          expect(answers.activities).toBeGreaterThan(activities + BETWEEN_STOPS);
        }),
        cutOff,
      ]);
      await (restarted = Promise.all(APPS.map(restart)));
    }
    sending = false;
    await cutOff;
    await eventually(expectAll);
  }, 600_000);

  describe('of which the interface is stopped while a command waits for its projector', () => {
    let tail: TopicTail;
    let client: KeepAliveClient;
    let stream: IncomingMessage;
    let command: Promise<Answered | undefined>;

    beforeEach(async () => {
      tail = await tailTopic(service.config.kafkaBrokers, registryViews(service.namespace).topic);
      client = new KeepAliveClient(url, await service.token());
      stream = await openStream();
      apps.get('projector')!.kill('SIGSTOP');
      const body = { username: 'late', email: 'late@example.com' };
      command = client.ask('POST', '/api/v3/users', body);
      command.catch(() => undefined);
      await eventually(() => expect(tail.recordsOf('demo')).toHaveLength(2));
    });
    afterEach(async () => {
      client.close();
      stream.destroy();
      await tail.close();
    });

    it('ends its streams first, then answers the command, then goes', async () => {
      apps.get('api')!.kill('SIGTERM');
      // Rejected where it is cut off.
      expect(await text(stream)).toMatch(/^retry: /);
      apps.get('projector')!.kill('SIGCONT');
      expect(await command).toMatchObject({ status: 201, headers: { connection: 'close' } });
      expect(await apps.get('api')!.gone).toEqual({ code: 0, signal: null });
    });

    it('goes at once at a second signal', async () => {
      const { kill, gone } = apps.get('api')!;
      kill('SIGTERM');
      await eventually(async () =>
        expect(await new KeepAliveClient(url, '').ask('GET', '/health/live')).toBeUndefined(),
      );
      kill('SIGTERM');
      expect(await gone).toEqual({ code: 1, signal: null });
      await expect(command).rejects.toThrow('has no answer');
    });
  });

  async function openStream(): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${await service.token()}` };
    const [stream] = (await once(get(`${url}/api/v3/stream`, { headers }), 'response')) as [IncomingMessage];
    return stream;
  }

  /** Registers users one after the other, each under its key until it is told that it is there or will be. */
  async function register(client: KeepAliveClient, n: number): Promise<void> {
    for (let count = 0; sending; count += 1) {
      const username = `user${n}-${count}`;
      const body = { username, email: `${username}@example.com` };
      const answer = await answered(() => client.ask('POST', '/api/v3/users', body, username), [201, 202, 409]);
      if (answer.status === 202) later.push(answer.headers.location!);
      answers.commands += 1;
    }
  }

  async function walk(client: KeepAliveClient, n: number): Promise<void> {
    for (let count = 0; sending; count += 1) {
      const body = { id: `step${n}-${count}`, userId: 1, type: 'step' };
      await answered(() => client.ask('POST', '/api/v3/activities', body), [202]);
      answers.activities += 1;
    }
  }

  /** Asks until there is somebody who can answer; what is answered by then is 503. */
  async function answered(ask: () => ReturnType<KeepAliveClient['ask']>, statuses: readonly number[]) {
    for (;;) {
      const answer = await ask();
      if (answer && statuses.includes(answer.status)) return answer;
      expect(answer?.status ?? 503).toBe(503);
      if (!sending) throw new Error('nobody was there to answer');
      await pause(20);
    }
  }

  async function expectAll(): Promise<void> {
    const client = new KeepAliveClient(url, await service.token());
    const read = async (path: string) => JSON.parse((await client.ask('GET', `/api/v3/${path}`))!.text);
    expect(await read('users/1/activities/count')).toEqual({ count: answers.activities });
    for (const location of later) expect((await client.ask('GET', location))!.status).toBe(201);
    const { count } = await read('users?page_size=1');
    expect(count).toBe(answers.commands + 1);
    client.close();
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
