import { afterAll, describe, expect, it } from '@jest/globals';
import { activitiesFold } from '#activities';
import { createLogger, httpApplication, Namespace, Postgres, readConfig } from '#platform';
import { prepareGeneration } from '#projections';
import { registryViews } from '#registry';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { dropViews } from '../../../test/support/views.js';
import { StreamAppModule } from './stream-app.module.js';

const namespace = new Namespace(freshNamespace());
const config = readConfig({
  ...process.env,
  AUTH_JWT_SECRET: 'a secret of the specs, 32 bytes or more',
  TIDEMARK_NAMESPACE: namespace.name,
});
const logger = createLogger('spec', 'silent');
const postgres = new Postgres(config.databaseUrl, namespace);
const closing: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
  await dropViews(postgres, namespace);
  await postgres.close();
});

describe('the live stream as an app of its own', () => {
  it('is ready once all views that it asks are there: the activities, and the users whose they are', async () => {
    const app = await httpApplication(StreamAppModule.with(config, logger), { auth: config.auth, logger });
    closing.push(() => app.close());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const ready = () => app.inject({ method: 'GET', url: '/health/ready' });
    expect((await ready()).statusCode).toBe(503);
    await prepareGeneration(postgres, namespace, activitiesFold(namespace), new Map());
    const half = await ready();
    expect(half.statusCode).toBe(503);
    expect(half.json()).toMatchObject({
      checks: { views: expect.stringContaining('the views of registry are missing') },
    });
    await prepareGeneration(postgres, namespace, registryViews(namespace), new Map());
    expect((await ready()).statusCode).toBe(200);
  });
});
