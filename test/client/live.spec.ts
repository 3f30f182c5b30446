import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTidemark, type Live, live, LiveRefused } from '@tidemark/client';

type Given = Response | Error | Promise<Response>;

const counted = (count: number, position: string) =>
  Response.json({ count }, { headers: { 'tidemark-position': position } });
const refused = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ type: '/problems/x', status }, { status, headers });
const activity = (id: string, position: string) => ({ id, type: 'x', userId: 7, position });

/** A stream of these lines that ends, or breaks in the middle of the next line. */
function lines(items: readonly object[], { breaks = false } = {}): Response {
  const text = `${items.map((item) => `${JSON.stringify(item)}\n\n`).join('')}${breaks ? '{"id":"ha' : ''}`;
  const chunks = [new TextEncoder().encode(text)];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else if (breaks) controller.error(new TypeError('connection lost'));
      else controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

/** A stream that has a chunk for each of these lines, and then nothing more. */
function slowLines(items: readonly object[]): Response {
  const left = [...items];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const item = left.shift();
      if (!item) return new Promise(() => undefined);
      controller.enqueue(new TextEncoder().encode(`${JSON.stringify(item)}\n`));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

/** A client that is answered so, in this order, what it asked, and whether it hung up. */
function client(answers: readonly Given[]) {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  let tokens = 0;
  const left = [...answers];
  const tidemark = createTidemark({
    url: 'http://tidemark.example',
    environment: 'demo',
    token: async () => `token-${(tokens += 1)}`,
    fetch: async ({ url, headers, signal }) => {
      signals.push(signal);
      asked.push(`${url.replace('http://tidemark.example/api/v3', '')} ${headers.get('authorization')}`);
      const answer = left.shift() ?? new Error('nothing more was expected');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const read = () => tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { path: { user_id: 7 } } });
  return { tidemark, read, asked, signals };
}

/** In a line each: answers by their count, activities by their id. */
async function take(following: AsyncIterable<Live<{ count: number }>>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of following) {
    if (item.kind === 'answer') seen.push(`count ${item.data.count}`);
    else seen.push(item.kind === 'reset' ? item.reason : `${item.activity.id} at ${item.position}`);
    if (seen.length === count) break;
  }
  return seen;
}

describe('a read that is followed', () => {
  const options = { userId: 7, retryMs: 1 };

  it('goes on where the connection broke, ended or was refused for now, each time with a token of then', async () => {
    const { tidemark, read, asked } = client([
      counted(1, 'p0'),
      lines([{ position: 'p0' }, activity('a', 'p1')], { breaks: true }),
      new TypeError('fetch failed'),
      refused(503, { 'retry-after': '0' }),
      refused(401),
      lines([{ position: 'p1' }]),
      lines([{ position: 'p1b' }, activity('b', 'p2'), activity('c', 'p3')]),
    ]);
    const seen = await take(live(tidemark, read, options), 4);
    expect(seen).toEqual(['count 1', 'a at p1', 'b at p2', 'c at p3']);
    const afters = asked.map((line) => /after=(\w+)/.exec(line)?.[1]);
    expect(afters).toEqual([undefined, 'p0', 'p1', 'p1', 'p1', 'p1', 'p1']);
    expect(new Set(asked.map((line) => line.split(' ').at(-1))).size).toBe(asked.length);
  });

  it('gives an activity without the position that it came with', async () => {
    const { tidemark, read } = client([counted(1, 'p0'), lines([activity('a', 'p1')])]);
    const following = live(tidemark, read, options);
    await following.next();
    expect((await following.next()).value).toEqual({
      kind: 'activity',
      activity: { id: 'a', type: 'x', userId: 7 },
      position: 'p1',
    });
    await following.return(undefined);
  });

  it('says where it has to begin anew, and reads again', async () => {
    const reset = { reason: 'unknown-position', resumedFrom: 'p8' };
    const { tidemark, read, asked } = client([
      counted(1, 'p0'),
      lines([{ position: 'p8' }, { reset }, activity('not this one', 'p9')]),
      counted(5, 'p9'),
      lines([{ position: 'p9' }, activity('b', 'p10')]),
    ]);
    // The position comes first, and is where a stream goes on that is not known: the reset tells that it is not.
    const seen = await take(live(tidemark, read, options), 4);
    expect(seen).toEqual(['count 1', 'unknown-position', 'count 5', 'b at p10']);
    expect(asked.at(-1)).toContain('after=p9');
  });

  it('waits for a read that fails for now', async () => {
    const { tidemark, read } = client([new TypeError('fetch failed'), refused(429), counted(1, 'p0')]);
    expect(await take(live(tidemark, read, options), 1)).toEqual(['count 1']);
  });

  it.each([
    ['a user who is deleted', [counted(1, 'p0'), lines([]), refused(404)], 404],
    ['a read that is wrong', [refused(400)], 400],
    ['tokens that are refused one after the other', [counted(1, 'p0'), refused(401), refused(401)], 401],
  ])('ends with what the service says of %s', async (_, answers, status) => {
    const { tidemark, read } = client(answers);
    const ended = take(live(tidemark, read, options), 9);
    await expect(ended).rejects.toThrow(LiveRefused);
    await expect(ended).rejects.toMatchObject({ status, problem: { status } });
  });

  it('ends when it is told to, also while it waits', async () => {
    const ending = new AbortController();
    const { tidemark, read } = client([counted(1, 'p0'), refused(503, { 'retry-after': '3600' })]);
    const seen: string[] = [];
    for await (const { kind } of live(tidemark, read, { ...options, signal: ending.signal })) {
      seen.push(kind);
      setImmediate(() => ending.abort());
    }
    expect(seen).toEqual(['answer']);
  });

  it.each([
    [{}, '/stream?after=p0'],
    [{ workspaceId: 3, types: ['a', 'b'] }, '/workspaces/3/stream?after=p0&types=a%2Cb'],
    [{ userId: 7 }, '/users/7/stream?after=p0'],
  ])('is followed by the stream of %j', async (of, url) => {
    const { tidemark, read, asked } = client([counted(1, 'p0'), lines([activity('a', 'p1')])]);
    await take(live(tidemark, read, { ...of, retryMs: 1 }), 2);
    expect(asked[1]).toMatch(url);
    expect(asked[1]!.startsWith(`${url} `)).toBe(true);
  });
});

describe('a read that is followed for long', () => {
  const doNotFake = ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] as const;
  // A date in a header has no fractions of seconds.
  const now = Date.UTC(2026, 2, 1);
  beforeEach(() => void jest.useFakeTimers({ now, doNotFake: [...doNotFake] }));
  afterEach(() => void jest.useRealTimers());

  /** Second by second: what happens between two timers takes turns of its own, in which no time passes. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await settled();
      await jest.advanceTimersByTimeAsync(1_000);
    }
    await settled();
  }

  async function settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  }

  /** Listens, and gives what it has seen so far. */
  function listen(following: AsyncIterable<Live<{ count: number }>>): string[] {
    const seen: string[] = [];
    void (async () => {
      for await (const { kind } of following) seen.push(kind);
    })().catch((error: Error) => seen.push(error.name));
    return seen;
  }

  const reset = { reset: { reason: 'unknown-position', resumedFrom: 'p8' } };

  it('waits longer from reset to reset while nothing comes in between', async () => {
    const { tidemark, read, asked } = client(
      Array.from({ length: 50 }, () => [counted(1, 'p0'), lines([{ position: 'p8' }, reset])]).flat(),
    );
    const seen = listen(live(tidemark, read));
    await pass(60);
    // Waits of up to 1, 2, 4, 8, 16 and 30 s, and of half as much at least.
    expect(seen.filter((kind) => kind === 'reset').length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(16);
  });

  it('does not wait longer after a reset where activities came before it', async () => {
    const { tidemark, read } = client(
      Array.from({ length: 200 }, () => [counted(1, 'p0'), lines([activity('a', 'p1'), reset])]).flat(),
    );
    const seen = listen(live(tidemark, read));
    await pass(60);
    const resets = seen.filter((kind) => kind === 'reset').length;
    expect(resets).toBeGreaterThanOrEqual(25);
    expect(resets).toBeLessThanOrEqual(121);
  });

  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();

  it.each([
    ['seconds', () => '20', 20],
    ['a date', () => inSeconds(20), 20],
    ['more seconds than a timer has', () => '9999999999', 600],
    ['a date of another day', () => inSeconds(86_400), 600],
    ['a date that is over', () => inSeconds(-20), 0.5],
    ['neither', () => 'soon', 0.5],
  ])('comes back when Retry-After says so, by %s, within ten minutes', async (_, retryAfter, least) => {
    const { tidemark, read, asked } = client([refused(503, { 'retry-after': retryAfter() }), counted(1, 'p0')]);
    const began = Date.now();
    const following = live(tidemark, read);
    const first = following.next().then(() => (Date.now() - began) / 1_000);
    await pass(Math.max(0, Math.floor(least) - 2));
    expect(asked).toHaveLength(1);
    await pass(5);
    expect(await first).toBeGreaterThanOrEqual(least);
    expect(await first).toBeLessThanOrEqual(least + 3);
  });

  it.each([
    ['does not answer', new Promise<Response>(() => undefined)],
    ['says nothing any more', slowLines([{ position: 'p0' }])],
  ])('gives up a connection that %s', async (_, silent) => {
    const { tidemark, read, asked, signals } = client([counted(1, 'p0'), silent, slowLines([activity('a', 'p1')])]);
    const seen = listen(live(tidemark, read));
    await pass(24);
    expect(asked).toHaveLength(2);
    await pass(3);
    expect(signals[1]!.aborted).toBe(true);
    expect(seen).toEqual(['answer', 'activity']);
  });

  it('keeps a connection of which a slow listener has not taken all', async () => {
    const { tidemark, read, asked, signals } = client([
      counted(1, 'p0'),
      slowLines(Array.from({ length: 9 }, (_, n) => activity(`a${n}`, `p${n}`))),
    ]);
    async function* slowly() {
      for await (const item of live(tidemark, read)) {
        yield item;
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      }
    }
    const seen = listen(slowly());
    await pass(9 * 60 + 10);
    expect(seen).toHaveLength(10);
    expect(asked).toHaveLength(2);
    expect(signals[1]!.aborted).toBe(false);
  });
});
