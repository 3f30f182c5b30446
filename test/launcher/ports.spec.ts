import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { choosePorts, isFree } from '../../launcher/ports.ts';

describe('ports', () => {
  it('keeps a remembered port that is still free', async () => {
    const ports = await choosePorts(['kafka'], { kafka: 24_242 }, async () => true);
    expect(ports).toEqual({ kafka: 24_242 });
  });

  it('gives up a remembered port that somebody else has taken', async () => {
    const ports = await choosePorts(['kafka'], { kafka: 24_242 }, async (port) => port !== 24_242);
    expect(ports.kafka).not.toBe(24_242);
  });

  it('never gives the same port to two servers', async () => {
    const remembered = { kafka: 24_242, postgres: 24_242, redis: 24_242 };
    const ports = await choosePorts(['kafka', 'postgres', 'redis'], remembered, async () => true);
    expect(new Set(Object.values(ports)).size).toBe(3);
  });

  it('sees that a port is taken, and that it is free again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await isFree(port)).toBe(false);
    server.close();
    await once(server, 'close');
    expect(await isFree(port)).toBe(true);
  });
});
