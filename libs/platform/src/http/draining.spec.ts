import { once } from 'node:events';
import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Draining } from './draining.js';

describe('a server that ends', () => {
  let adapter: FastifyAdapter;
  let draining: Draining;
  let agent: Agent;
  let port: number;
  let asked: PromiseWithResolvers<void>;
  let answer: PromiseWithResolvers<string>;

  const serve = async (longestMs?: number) => {
    adapter = new FastifyAdapter({});
    const fastify = adapter.getInstance();
    draining = new Draining(fastify, longestMs);
    fastify.get('/at-once', async () => 'at once');
    fastify.get('/later', async () => {
      asked.resolve();
      return answer.promise;
    });
    await fastify.listen({ port: 0 });
    ({ port } = fastify.server.address() as { port: number });
  };
  const ask = (path: string): ClientRequest => get({ port, path, agent, host: 'localhost' });
  const answered = async (request: ClientRequest): Promise<[IncomingMessage['headers'], string]> => {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return [response.headers, await text(response)];
  };

  beforeEach(() => {
    asked = Promise.withResolvers();
    answer = Promise.withResolvers();
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterEach(async () => {
    agent.destroy();
    answer.resolve('');
    await draining.finish();
    await adapter.close();
  });

  it('answers what it was asked before, and closes the connection behind the answer', async () => {
    await serve();
    const later = answered(ask('/later'));
    await asked.promise;
    draining.begin();
    let finished = false;
    const finishing = draining.finish().then(() => (finished = true));
    await turn();
    expect(finished).toBe(false);
    answer.resolve('here it is');
    expect(await later).toEqual([expect.objectContaining({ connection: 'close' }), 'here it is']);
    await finishing;
  });

  it('answers what still comes on a connection that is open', async () => {
    await serve();
    expect(await answered(ask('/at-once'))).toEqual([expect.objectContaining({ connection: 'keep-alive' }), 'at once']);
    draining.begin();
    const finishing = draining.finish();
    const last = ask('/at-once');
    expect(await answered(last)).toEqual([expect.objectContaining({ connection: 'close' }), 'at once']);
    expect(last.reusedSocket).toBe(true);
    await finishing;
  });

  it('takes no more connections', async () => {
    await serve();
    draining.begin();
    await expect(answered(ask('/at-once'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not wait for connections on which nothing is asked', async () => {
    // Far longer than a test may take.
    await serve(3_600_000);
    await answered(ask('/at-once'));
    const silent = connect(port, 'localhost');
    await once(silent, 'connect');
    await answered(ask('/at-once'));
    const gone = once(silent, 'close');
    draining.begin();
    await draining.finish();
    await gone;
  });

  it('waits no longer than it may', async () => {
    await serve(100);
    const never = answered(ask('/later'));
    await asked.promise;
    draining.begin();
    const cutOff = expect(never).rejects.toMatchObject({ code: 'ECONNRESET' });
    await draining.finish();
    await cutOff;
  });
});
