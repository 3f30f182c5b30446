import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTidemark, events, lines, type StreamedLine, streamedLines } from '@tidemark/client';

const activity = (position: string, text: string): StreamedLine => ({
  id: position,
  type: 'x',
  userId: 1,
  workspaceId: null,
  occurredAt: '2026-11-22T05:59:01.030Z',
  receivedAt: '2026-11-22T05:59:01.073Z',
  data: { text },
  position,
});

/** A stream of these bytes, cut at these places. */
function streamOf(bytes: Uint8Array, cuts: readonly number[], onCancel = () => undefined): ReadableStream<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
  const chunks = places.slice(1).map((end, index) => bytes.slice(places[index], end));
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: onCancel,
  });
}

const bytesOf = (items: readonly StreamedLine[]) =>
  new TextEncoder().encode(`\n${items.map((item) => `${JSON.stringify(item)}\n\n`).join('')}`);

describe('the lines of a stream', () => {
  it('come each once and whole, however their bytes are cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (texts, cuts) => {
          const items = texts.map((text, index) => activity(`2-${index}`, text));
          const seen: StreamedLine[] = [];
          for await (const line of streamedLines(streamOf(bytesOf(items), cuts))) seen.push(line);
          expect(seen).toEqual(items);
        },
      ),
    ));

  it('are hung up on when nobody listens any more', async () => {
    let hungUp = false;
    const items = [activity('2-1', 'a'), activity('2-2', 'b')];
    const bytes = bytesOf(items);
    // There is more to come than what is read ahead.
    const cuts = [3, 2, 1].map((left) => bytes.length - 20 * left);
    const body = streamOf(bytes, cuts, () => void (hungUp = true));
    for await (const line of streamedLines(body)) {
      expect(line).toEqual(items[0]);
      break;
    }
    expect(hungUp).toBe(true);
  });
});

describe('a client', () => {
  /** A client whose requests end up here. */
  function recording(token: string | (() => Promise<string>)) {
    const requests: Request[] = [];
    const tidemark = createTidemark({
      url: 'http://tidemark.example',
      environment: 'demo',
      token,
      fetch: async (request) => {
        requests.push(request);
        return Response.json({ accepted: 1, rejected: [] }, { status: 202 });
      },
    });
    return { tidemark, requests };
  }

  it('says on each call who calls and for which environment, with a token of then', async () => {
    let asked = 0;
    const { tidemark, requests } = recording(async () => `token-${(asked += 1)}`);
    await tidemark.GET('/api/v2/users');
    await tidemark.GET('/api/v3/users/{user_id}', { params: { path: { user_id: 7 } } });
    expect(
      requests.map(({ url, headers }) => [url, headers.get('authorization'), headers.get('environment-id')]),
    ).toEqual([
      ['http://tidemark.example/api/v2/users', 'Bearer token-1', 'demo'],
      ['http://tidemark.example/api/v3/users/7', 'Bearer token-2', 'demo'],
    ]);
  });

  it('sends lines and events as what they are', async () => {
    const { tidemark, requests } = recording('token');
    const event = { specversion: '1.0', id: 'e1', source: '/shop', type: 'x', subject: '1' } as const;
    await tidemark.POST(
      '/api/v3/activities',
      lines([
        { userId: 1, type: 'x' },
        { userId: 2, type: 'y' },
      ]),
    );
    await tidemark.POST('/api/v3/activities', events([event]));
    const sent = requests.map(async (request) => [request.headers.get('content-type'), await request.text()]);
    expect(await Promise.all(sent)).toEqual([
      ['application/x-ndjson', '{"userId":1,"type":"x"}\n{"userId":2,"type":"y"}\n'],
      ['application/cloudevents-batch+json', JSON.stringify([event])],
    ]);
  });
});
