import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { type FastifyReply } from 'fastify';
import { type Caller } from '#platform';
import { type CatchUp, type CatchUpRequest, type Patience } from './catch-up.js';
import { type DeletionWatch } from './deletion-watch.js';
import { type OpenStreams } from './open-streams.js';
import { StreamGateway } from './stream-gateway.js';
import { type Subscriptions } from './subscriptions.js';
import { type StreamTickets } from './tickets.js';

describe('a client that catches up', () => {
  const request: CatchUpRequest = { target: { environment: 'acme' }, limit: 1 };
  const caller = { expiresAt: Date.now() + 3_600_000 } as Caller;

  /** Whether it is waited for, when what happens meanwhile happens while its target is looked up. */
  async function isWaitedFor(raw: EventEmitter & { destroyed: boolean }, meanwhile: () => void) {
    const streams = { enter: () => () => undefined, stopping: new AbortController().signal };
    const deletions = { watch: () => ({ stop: () => undefined }), requireTarget: () => Promise.resolve(meanwhile()) };
    const answer = (_: unknown, { over }: Patience) => Promise.resolve(!over.aborted);
    const gateway = new StreamGateway(
      streams as unknown as OpenStreams,
      deletions as unknown as DeletionWatch,
      {} as Subscriptions,
      { seek: () => Promise.resolve({}), answer } as unknown as CatchUp,
      {} as StreamTickets,
    );
    return gateway.catchUp(request, caller, { raw } as unknown as FastifyReply, 30_000);
  }
  const connection = (destroyed: boolean) => Object.assign(new EventEmitter(), { destroyed });

  it('is not waited for where it left before there was an answer, whenever that was', async () => {
    const leaving = connection(false);
    expect(await isWaitedFor(leaving, () => leaving.emit('close'))).toBe(false);
    expect(await isWaitedFor(connection(true), () => undefined)).toBe(false);
    expect(await isWaitedFor(connection(false), () => undefined)).toBe(true);
  });
});
