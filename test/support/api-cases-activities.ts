import { expect } from '@jest/globals';
import { events, lines, type operations, streamedLines } from '@tidemark/client';
import { active, type Case, type Given, idsOf, user, workspace } from './api-cases.js';
import { eventually } from './eventually.js';

const event = { specversion: '1.0' as const, source: '/shop', type: 'order.placed' };

export const activityCases = {
  appendActivities: async ({ tidemark, objects }) => {
    const userId = idsOf(objects).user;
    const one = await tidemark.POST('/api/v3/activities', {
      body: [
        { userId, type: 'a' },
        { username: 'nobody', type: 'a' },
      ],
    });
    expect(one.data).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'unknown-user' }] });
    const asLines = await tidemark.POST('/api/v3/activities', lines([{ userId, type: 'b' }]));
    expect(asLines.data).toEqual({ accepted: 1, rejected: [] });
    const batch = [{ ...event, id: 'e1', subject: objects.userV2, workspaceid: Number(objects.workspace) }];
    const asEvents = await tidemark.POST('/api/v3/activities', events(batch));
    expect(asEvents.data).toEqual({ accepted: 1, rejected: [] });
    return asEvents;
  },
  listActivities: async (given) => {
    await active(given);
    await active(given);
    const query = { limit: 1, type: 'page.viewed', workspace: idsOf(given.objects).workspace };
    const answer = await eventually(async () => {
      const page = await given.tidemark.GET('/api/v3/users/{user_id}/activities', {
        params: { ...user(given).params, query },
      });
      expect(page.response.headers.get('link')).toMatch(/rel="next"/);
      return page;
    });
    expect(answer.data).toHaveLength(1);
    return answer;
  },
  countActivities: async (given) => {
    await active(given);
    const query = { since: '2026-01-01T00:00:00Z', until: '2999-01-01T00:00:00Z' };
    return given.tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { ...user(given).params, query } });
  },
  listActiveWorkspaces: async (given) => {
    await active(given);
    const params = { ...user(given).params, query: { window: '1h' } };
    const answer = await given.tidemark.GET('/api/v3/users/{user_id}/activeworkspaces', { params });
    expect(answer.data).toMatchObject([{ id: 1, role: null, activities: 1 }]);
    return answer;
  },
} satisfies Partial<Record<keyof operations, Case>>;

const LINES = 'application/x-ndjson';
const SSE = 'text/event-stream';

/** The data of the first events of a stream, until there are `count`. */
async function firstEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>, count: number): Promise<unknown[]> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const { value, done } = await reader.read();
    text += value ?? '';
    const data = text
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('data: '));
    if (!done && data.length < count) continue;
    await reader.cancel();
    return data.map((line) => JSON.parse(line.slice(6)) as unknown);
  }
}

async function followAsLines(given: Given, operationId: string, body: ReadableStream<Uint8Array> | undefined | null) {
  for await (const line of streamedLines(body)) {
    expect(given.document.itemFaults(given.document.operation(operationId), LINES, line)).toEqual([]);
    expect(line).toMatchObject({ position: expect.any(String) });
    if (line.id === undefined) continue;
    expect(line).toMatchObject({ type: 'page.viewed' });
    return;
  }
  throw new Error('the stream ended without a line');
}

export const streamCases = {
  streamUserActivities: async (given) => {
    await active(given);
    const params = { ...user(given).params, query: { since: '2026-01-01T00:00:00Z', types: 'page.viewed' } };
    const headers = { accept: LINES };
    const stream = await given.tidemark.GET('/api/v3/users/{user_id}/stream', { params, headers, parseAs: 'stream' });
    await followAsLines(given, 'streamUserActivities', stream.data);
    return stream;
  },
  streamWorkspaceActivities: async (given) => {
    await active(given);
    const params = { ...workspace(given).params, query: { since: '2026-01-01T00:00:00Z', wait: '10s' } };
    const headers = { accept: LINES };
    const asLines = await given.tidemark.GET('/api/v3/workspaces/{id}/stream', { params, headers, parseAs: 'text' });
    const line = JSON.parse((asLines.data as string).split('\n')[0]!) as unknown;
    expect(given.document.itemFaults(given.document.operation('streamWorkspaceActivities'), LINES, line)).toEqual([]);
    const asJson = await given.tidemark.GET('/api/v3/workspaces/{id}/stream', {
      params,
      headers: { accept: 'application/json' },
    });
    expect(asJson.data).toEqual([line]);
    return asJson;
  },
  streamActivities: async (given) => {
    await active(given);
    const params = { header: { 'Last-Event-ID': 'no position' }, query: { since: '2026-01-01T00:00:00Z' } };
    const stream = await given.tidemark.GET('/api/v3/stream', { params, parseAs: 'stream' });
    const data = await firstEvents(stream.data as ReadableStream<Uint8Array<ArrayBuffer>>, 2);
    expect(data).toMatchObject([{ position: expect.any(String) }, { reason: 'malformed-position' }]);
    for (const item of data) {
      expect(given.document.itemFaults(given.document.operation('streamActivities'), SSE, item)).toEqual([]);
    }
    return stream;
  },
  issueStreamTicket: ({ tidemark }) => tidemark.POST('/api/v3/stream-tickets'),
} satisfies Partial<Record<keyof operations, Case>>;

export const otherCases = {
  getCommand: async ({ tidemark, objects }) => {
    const answer = await tidemark.GET('/api/v3/commands/{id}', { params: { path: { id: objects.command } } });
    expect(answer.data).toMatchObject({ id: idsOf(objects).group });
    return answer;
  },
  scrapeMetrics: ({ tidemark }) => tidemark.GET('/metrics', { parseAs: 'text' }),
  listProblems: ({ tidemark }) => tidemark.GET('/problems', { parseAs: 'text' }),
  explainProblem: ({ tidemark }) =>
    tidemark.GET('/problems/{code}', { params: { path: { code: 'not-found' } }, parseAs: 'text' }),
  isLive: ({ tidemark }) => tidemark.GET('/health/live'),
  isReady: ({ tidemark }) => tidemark.GET('/health/ready'),
} satisfies Partial<Record<keyof operations, Case>>;
