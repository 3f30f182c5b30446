import { expect } from '@jest/globals';
import type { operations } from '@tidemark/client';
import { active, type Case, idsOf } from './api-cases.js';

export const statisticsCases = {
  countActiveUsersV2: async (given) => {
    await active(given);
    const answer = await given.tidemark.GET('/api/v2/usage-statistics/active-users');
    expect(answer.data).toEqual({ status: 'ok', data: { activeUsers: 1 } });
    return answer;
  },
  countActiveUsers: async (given) => {
    await active(given);
    const query = { window: '5m', workspace: idsOf(given.objects).workspace };
    const answer = await given.tidemark.GET('/api/v3/statistics/active-users', { params: { query } });
    expect(answer.data).toMatchObject({ activeUsers: 1, window: '5m' });
    return answer;
  },
  seriesOfActiveUsers: async (given) => {
    await active(given);
    const query = { interval: 'week' as const, tz: 'Asia/Kathmandu', workspace: idsOf(given.objects).workspace };
    const answer = await given.tidemark.GET('/api/v3/statistics/active-users/series', { params: { query } });
    expect(answer.data?.map(({ activeUsers }) => activeUsers)).toEqual([...new Array<number>(29).fill(0), 1]);
    return answer;
  },
  getEngagement: async (given) => {
    await active(given);
    const answer = await given.tidemark.GET('/api/v3/statistics/engagement', { params: { query: { tz: 'UTC' } } });
    expect(answer.data).toMatchObject({ mau: 1 });
    return answer;
  },
  seriesOfActivities: async (given) => {
    await active(given);
    const query = { interval: 'month' as const, group: 'workspace' as const, type: 'page.viewed' };
    const answer = await given.tidemark.GET('/api/v3/statistics/activities', { params: { query } });
    expect(answer.data).toMatchObject({ total: 1 });
    expect(answer.data?.intervals.at(-1)?.groups).toEqual([{ key: idsOf(given.objects).workspace, count: 1 }]);
    return answer;
  },
  listTop: async (given) => {
    await active(given);
    const query = { by: 'user' as const, window: '1h', limit: 3 };
    const answer = await given.tidemark.GET('/api/v3/statistics/top', { params: { query } });
    expect(answer.data).toEqual([{ key: idsOf(given.objects).user, name: expect.any(String), count: 1 }]);
    return answer;
  },
  getRetention: async (given) => {
    await active(given);
    const query = { interval: 'month' as const, from: '2026-01-01' };
    const answer = await given.tidemark.GET('/api/v3/statistics/retention', { params: { query } });
    expect(answer.data?.at(-1)).toMatchObject({ users: 1, returned: [1] });
    return answer;
  },
  getLifecycle: async (given) => {
    await active(given);
    const answer = await given.tidemark.GET('/api/v3/statistics/lifecycle', {
      params: { query: { interval: 'month' } },
    });
    expect(answer.data?.at(-1)).toMatchObject({ new: 1, returning: 0, resurrected: 0, dormant: 0 });
    return answer;
  },
} satisfies Partial<Record<keyof operations, Case>>;
