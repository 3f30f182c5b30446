import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Consumption, type EventLog, LogMismatch } from '#event-sourcing';
import { createLogger, Namespace, Postgres } from '#platform';
import { eventually } from '../../../test/support/eventually.js';
import { notesFold } from '../test/notes.js';
import { type Projecting, projecting } from '../test/projecting.js';
import { GenerationMissing } from './generation.js';
import { startWhenReady } from './generation-wait.js';
import { project } from './projector.js';

const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
const missing = () => new GenerationMissing('the views are of version 2, this code is of 3');

/** A projector that finds these in the place of its views, one after the other, and then the views. */
async function finding(...found: Error[]) {
  const said: string[] = [];
  const ended = Promise.withResolvers<void>();
  let begun = 0;
  let stopped = 0;
  const consumption: Consumption = {
    joined: Promise.resolve(),
    ended: ended.promise,
    stop: async () => {
      stopped += 1;
      ended.resolve();
    },
  };
  const waiting = await startWhenReady(
    async () => {
      const error = found.shift();
      if (error) throw error;
    },
    async () => {
      begun += 1;
      return consumption;
    },
    { warn: (...said_: unknown[]) => void said.push(String(said_.at(-1))) },
  );
  return { waiting, said, ended, begun: () => begun, stopped: () => stopped };
}

describe('a projector whose views are not there yet', () => {
  it('begins when they are, and says once what it waits for', async () => {
    const { waiting, said, begun } = await finding(missing(), missing(), missing());
    expect(begun()).toBe(0);
    await waiting.joined;
    expect(begun()).toBe(1);
    expect(said).toEqual(['waiting, since the views are of version 2, this code is of 3']);
    await waiting.stop();
    await waiting.ended;
  });

  it.each([
    ['from the start', [refused()]],
    ['meanwhile', [missing(), refused(), refused(), missing()]],
  ])('survives that connections are refused %s', async (_, found) => {
    const { waiting, said, begun } = await finding(...found);
    await waiting.joined;
    expect(begun()).toBe(1);
    expect(said).toContain('waiting, since a server fails');
    await waiting.stop();
    await waiting.ended;
  });

  it('ends with the reason where something is wrong with itself', async () => {
    await expect(finding(new TypeError('a mistake'))).rejects.toThrow('a mistake');
    const { waiting, begun } = await finding(missing(), new TypeError('a mistake'));
    await expect(waiting.ended).rejects.toThrow('a mistake');
    expect(begun()).toBe(0);
  });

  it('ends with the reason where the topic is not the one it was', async () => {
    const { waiting } = await finding(missing(), new LogMismatch('another topic'));
    await expect(waiting.ended).rejects.toThrow('another topic');
  });

  it('never begins when it is stopped before, and passes a later stop on', async () => {
    const early = await finding(...Array.from({ length: 1_000 }, missing));
    await early.waiting.stop();
    await early.waiting.ended;
    await expect(early.waiting.joined).rejects.toThrow('stopped before');
    expect(early.begun()).toBe(0);
    const late = await finding(missing());
    await late.waiting.joined;
    await late.waiting.stop();
    await late.waiting.ended;
    expect(late.stopped()).toBe(1);
  });

  it('ends as what it has begun ends', async () => {
    const { waiting, ended } = await finding(missing());
    await waiting.joined;
    ended.reject(new Error('newer code'));
    await expect(waiting.ended).rejects.toThrow('newer code');
  });
});

describe('a projector that starts while Postgres refuses connections', () => {
  let views: Projecting;
  let proxy: Server;
  beforeEach(() => {
    views = projecting(process.env.DATABASE_URL!);
    const { hostname, port } = new URL(process.env.DATABASE_URL!);
    proxy = createServer((socket) => {
      const upstream = connect(Number(port), hostname);
      for (const end of [socket, upstream]) end.on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    });
  });
  afterEach(async () => {
    await views.close();
    proxy.close();
  });

  const listen = async (port: number) => {
    await once(proxy.listen(port, '127.0.0.1'), 'listening');
    return (proxy.address() as { port: number }).port;
  };

  it('begins when it is there', async () => {
    const port = await listen(0);
    await once(proxy.close(), 'close');
    const url = new URL(process.env.DATABASE_URL!);
    url.host = `127.0.0.1:${port}`;
    const namespace = new Namespace(views.namespace.name);
    const postgres = new Postgres(url.href, namespace, { onError: () => undefined });
    const begun: string[] = [];
    const log = {
      extents: async () => new Map(),
      consume: async ({ topic }: { topic: string }) => {
        begun.push(topic);
        return { joined: Promise.resolve(), ended: Promise.resolve(), stop: async () => undefined };
      },
    } as unknown as EventLog;
    const context = { log, postgres, namespace, logger: createLogger('test', 'silent') };
    const waiting = await project(notesFold(namespace), context);
    expect(begun).toEqual([]);
    await listen(port);
    await eventually(() => expect(begun).toHaveLength(1));
    await waiting.stop();
    await postgres.close();
  });
});
