import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clone } from '../support/clone.js';
import { freshNamespace } from '../support/namespaces.js';
import { SilentServer } from '../support/silent-server.js';

// Starts take their time on a machine that is busy with other tests.
jest.setTimeout(120_000);

describe('npm start, with a server that accepts connections and never answers', () => {
  let silent: SilentServer;
  let clone: Clone;
  beforeEach(async () => {
    silent = await SilentServer.listen();
  });
  afterEach(async () => {
    await clone.remove();
    silent.close();
  });

  const start = (given: NodeJS.ProcessEnv) => {
    clone = new Clone({ TIDEMARK_NAMESPACE: freshNamespace(), TIDEMARK_START_TIMEOUT: '4', ...given });
    return clone.start();
  };

  it.each([
    ['Kafka', 'KAFKA_BROKERS', (address: string) => address],
    ['Postgres', 'DATABASE_URL', (address: string) => `postgres://tidemark:secret@${address}/tidemark`],
  ])('says that it waits for %s, and where, and gives up at the deadline', async (server, variable, url) => {
    const launch = start({ [variable]: url(silent.address) });
    const awaited = `${server} at ${silent.address} (${variable})`;
    await launch.saying(/! projector: waiting for (the topics in Kafka|Postgres)/);
    expect(launch.said).toContain(awaited);
    expect(await launch.exitCode).toBe(1);
    expect(launch.said).toMatch(/projector ended with exit code 1[^]+waited 4 s \(TIDEMARK_START_TIMEOUT\) for /);
    expect(launch.said).not.toContain('secret');
  });

  it('says that Redis does not answer, and where, and goes on without it', async () => {
    const launch = start({ REDIS_URL: `redis://${silent.address}` });
    await launch.saying(/is ready on /);
    const said = `Redis at ${silent.address} (REDIS_URL) does not answer: figures come from Postgres`;
    expect(launch.said).toContain(`! projector: ${said}`);
    expect(await launch.stop()).toBe(0);
  });
});
