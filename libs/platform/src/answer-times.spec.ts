import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { call, startService, type Service } from '../../../test/support/service.js';
import { answerTimesChannel } from './answer-times.js';
import { Notifications } from './notifications.js';

describe('how long answers take', () => {
  let service: Service;
  let notifications: Notifications;
  const heard: number[] = [];

  beforeAll(async () => {
    service = await startService();
    notifications = new Notifications(service.config.databaseUrl, () => undefined);
    const hear = (ms: string) => void heard.push(Number(ms));
    await notifications.listen(answerTimesChannel(service.namespace), hear, () => undefined);
  });
  afterAll(async () => {
    await notifications.close();
    await service.stop();
  });

  it('is announced to all processes when somebody was answered, and not for those who watch over the service', async () => {
    // Two seconds of nothing but that.
    const begun = performance.now();
    while (performance.now() - begun < 2_100) await call(`${service.url}/health/live`, 'GET');
    expect(heard).toEqual([]);
    const client = await service.client();
    await client('GET', '/api/v3/users');
    await eventually(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toBeGreaterThan(0);
  });
});
