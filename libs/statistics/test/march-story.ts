import { jest } from '@jest/globals';
import { StatisticsModule } from '#statistics';
import { Service } from '../../activities/test/service.js';

const NOW = Date.parse('2026-03-10T12:00:00.000Z');

// Time goes on for all but the calendar.
const TIMERS = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

/** Three users, one of them deleted since, and what they did until noon of 2026-03-10, at which time stands still. */
export class MarchStory {
  private constructor(readonly service: Service) {}

  static async start(servers: { databaseUrl: string; redisUrl: string }): Promise<MarchStory> {
    jest.useFakeTimers({ now: NOW, doNotFake: TIMERS });
    const service = await Service.start(servers, { modules: [StatisticsModule] });
    for (const name of ['ada', 'bob', 'cyd']) await service.registerUser(name);
    for (const name of ['Here', 'There', 'Gone']) await service.createWorkspace(name);
    const story = new MarchStory(service);
    await story.report([
      seen(1, '2026-03-08T23:30:00Z', { workspaceId: 1 }),
      seen(1, '2026-03-09T10:00:00Z', { workspaceId: 1, type: 'other' }),
      seen(1, '2026-03-10T11:59:30Z'),
      seen(2, '2026-03-09T23:59:59.999Z', { workspaceId: 2 }),
      seen(2, '2026-03-10T00:00:00Z', { workspaceId: 3 }),
      // Counts when the log heard of it: today.
      seen(3, '2026-03-11T11:00:00Z'),
      seen(3, '2026-02-01T00:00:00Z'),
    ]);
    await service.call('DELETE', '/api/v3/users/2');
    await service.call('DELETE', '/api/v3/workspaces/3');
    return story;
  }

  async report(payload: object[], environment?: string): Promise<void> {
    const { status } = await this.service.call('POST', '/api/v3/activities', { payload, environment });
    if (status !== 202) throw new Error(`activities answered ${status}`);
  }

  ask<Body>(call: string, environment?: string) {
    return this.service.call<Body>('GET', `/api/v3/statistics/${call}`, { environment });
  }

  async bodyOf<Body>(call: string, environment?: string): Promise<Body> {
    return (await this.ask<Body>(call, environment)).body;
  }

  async end(): Promise<void> {
    await this.service.close();
    jest.useRealTimers();
  }
}

export const seen = (userId: number, occurredAt: string, more = {}) => ({ userId, occurredAt, type: 'seen', ...more });
