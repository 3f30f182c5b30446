import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { eventually } from '../../../../test/support/eventually.js';
import { type Caller } from './access.js';
import { asProblem, sendProblem } from './problem-filter.js';
import { takeTurnsReading } from './read-turns.js';

describe('heavy reads', () => {
  let app: FastifyInstance;
  let address: string;
  /** What ends each read that is under way, by who asked. */
  let reads: { environment: string; end: (error?: Error) => void }[];

  beforeEach(() => listen());
  afterEach(() => close());

  async function listen(patienceMs?: number): Promise<void> {
    reads = [];
    app = fastify({ forceCloseConnections: true });
    app.setErrorHandler((error, request, reply) => sendProblem(asProblem(error), request, reply));
    app.addHook('onRequest', async (request) => {
      request.caller = { environment: request.headers['environment-id'] } as Caller;
    });
    takeTurnsReading(app, patienceMs);
    const call = { id: 'spec', summary: '', answers: {} };
    app.get('/heavy', { config: { call: { ...call, heavy: true } } }, read);
    app.get('/long', { config: { call: { ...call, heavy: 'long' } } }, read);
    app.get('/light', () => 'light');
    app.get('/light-or-long', async (request) => {
      await request.takeTurn('long');
      return read(request);
    });
    address = await app.listen({ port: 0, host: '127.0.0.1' });
  }

  async function close(): Promise<void> {
    reads.forEach(({ end }) => end());
    await app.close();
  }

  function read({ caller }: FastifyRequest): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    reads.push({ environment: caller!.environment, end: (error) => (error ? reject(error) : resolve('read')) });
    return promise;
  }

  const ask = (environment: string, path = '/heavy') => {
    const request = get(address + path, { agent: false, headers: { 'environment-id': environment } });
    const status = new Promise<number | undefined>((resolve) =>
      request.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', () => resolve(undefined)),
    );
    return { status, leave: () => request.destroy() };
  };
  const askMany = (environment: string, count: number, path?: string) =>
    Array.from({ length: count }, () => ask(environment, path));
  const underWay = () => reads.map(({ environment }) => environment).join('');
  const end = (at: number, error?: Error) => reads.splice(at, 1).forEach((read) => read.end(error));

  it('of one environment leave room for others, and hold up nothing that is light', async () => {
    askMany('a', 50);
    await eventually(() => expect(underWay()).toBe('aaaa'));
    expect(await ask('a', '/light').status).toBe(200);
    askMany('b', 2);
    await eventually(() => expect(underWay()).toBe('aaaabb'));
  });

  it('do not wait for long ones, of which three are under way and two of an environment', async () => {
    askMany('a', 9, '/long');
    await eventually(() => expect(underWay()).toBe('aa'));
    askMany('b', 9, '/light-or-long');
    await eventually(() => expect(underWay()).toBe('aab'));
    askMany('a', 4);
    askMany('c', 4);
    await eventually(() => expect([...underWay()].sort().join('')).toBe('aaaaaabcccc'));
    // The turn of one that turned out to be long ends as others do.
    end(2);
    await eventually(() => expect(underWay()).toMatch(/b$/));
  });

  it('are refused where no turn comes in time', async () => {
    await close();
    await listen(10);
    const asked = askMany('a', 4);
    await eventually(() => expect(underWay()).toBe('aaaa'));
    expect(await ask('a').status).toBe(429);
    expect(await ask('a', '/light').status).toBe(200);
    end(0);
    expect(await Promise.race(asked.map(({ status }) => status))).toBe(200);
    void ask('a');
    await eventually(() => expect(underWay()).toBe('aaaa'));
  });

  it('go on when one is answered, also where it failed', async () => {
    const asked = askMany('a', 6);
    await eventually(() => expect(underWay()).toBe('aaaa'));
    end(0);
    end(0, new Error('broken'));
    await eventually(() => expect(underWay()).toBe('aaaa'));
    expect(await Promise.race(asked.map(({ status }) => status))).toBe(200);
  });

  it('are not begun for a client that went away while it waited, and go on for one that did so meanwhile', async () => {
    const [first] = askMany('a', 4);
    await eventually(() => expect(underWay()).toBe('aaaa'));
    const impatient = ask('a');
    const patient = ask('a');
    await eventually(async () => expect(await connections()).toBe(6));
    impatient.leave();
    first!.leave();
    await eventually(async () => expect(await connections()).toBe(4));
    expect(underWay()).toBe('aaaa');
    end(0);
    await eventually(() => expect(underWay()).toBe('aaaa'));
    reads.at(-1)!.end();
    expect(await patient.status).toBe(200);
  });

  const connections = () => new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)));
});
