import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { eventually } from '../../../../test/support/eventually.js';
import { type Caller } from './access.js';
import { takeTurnsReading } from './read-turns.js';

describe('heavy reads', () => {
  let app: FastifyInstance;
  let address: string;
  /** What ends each read that is under way, by who asked. */
  let reads: { environment: string; end: (error?: Error) => void }[];

  beforeEach(async () => {
    reads = [];
    app = fastify({ forceCloseConnections: true });
    app.addHook('onRequest', async (request) => {
      request.caller = { environment: request.headers['environment-id'] } as Caller;
    });
    takeTurnsReading(app);
    app.get(
      '/heavy',
      { config: { call: { id: 'spec', summary: '', answers: {}, heavy: true } } },
      async ({ caller }) => {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        reads.push({ environment: caller!.environment, end: (error) => (error ? reject(error) : resolve('read')) });
        return promise;
      },
    );
    app.get('/light', () => 'light');
    address = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    reads.forEach(({ end }) => end());
    await app.close();
  });

  const ask = (environment: string, path = '/heavy') => {
    const request = get(address + path, { agent: false, headers: { 'environment-id': environment } });
    const status = new Promise<number | undefined>((resolve) =>
      request.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', () => resolve(undefined)),
    );
    return { status, leave: () => request.destroy() };
  };
  const askMany = (environment: string, count: number) => Array.from({ length: count }, () => ask(environment));
  const underWay = () => reads.map(({ environment }) => environment).join('');
  const end = (at: number, error?: Error) => reads.splice(at, 1).forEach((read) => read.end(error));

  it('of one environment leave room for others, and hold up nothing that is light', async () => {
    askMany('a', 50);
    await eventually(() => expect(underWay()).toBe('aaaa'));
    expect(await ask('a', '/light').status).toBe(200);
    askMany('b', 2);
    await eventually(() => expect(underWay()).toBe('aaaabb'));
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
