import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres, readConfig } from '#platform';
import { cutStreams } from '../support/cuts/cuts.js';
import { freshNamespace } from '../support/namespaces.js';
import { SECRET } from '../support/service.js';
import { dropKeys, dropViews } from '../support/views.js';

const CLEAN = { missed: 0, twice: 0, foreign: 0, resets: 0, refusals: [] };

describe('several instances of the stream behind one address', () => {
  const config = readConfig({ ...process.env, AUTH_JWT_SECRET: SECRET, TIDEMARK_NAMESPACE: freshNamespace() });
  const namespace = new Namespace(config.namespace);
  let postgres: Postgres;

  beforeEach(() => {
    postgres = new Postgres(config.databaseUrl, namespace);
  });
  afterEach(async () => {
    await dropViews(postgres, namespace);
    await dropKeys(postgres, namespace);
    await postgres.close();
  });

  it('show each activity once to clients that are cut off, while they are restarted, killed and left alone and views are replayed', async () => {
    const population = { users: 20, workspaces: 5 };
    const sizes = { clients: 150, readers: 20, cuts: 20, longestMs: 1_600, rounds: 1, population };
    const result = await cutStreams({ service: { config }, ...sizes });
    expect(result).toMatchObject({ restarts: 6, kills: 1, replays: 1, streams: CLEAN, polling: CLEAN });
    for (const { leastCuts } of [result.streams, result.polling]) expect(leastCuts).toBeGreaterThanOrEqual(20);
  }, 300_000);
});
