import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { partitionFor } from '#event-log';
import { eventually } from '../../../../test/support/eventually.js';
import { messagesIn } from '../../test/events.js';
import { bearer, type Service } from '../../test/service.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';

const USER = '/api/v3/users/1/stream';
const WORKSPACE = '/api/v3/workspaces/1/stream';
const ALL = '/api/v3/stream';

describe('catching up over plain HTTP', () => {
  const suite = new StreamSuite(process.env);
  const { environment } = suite;

  beforeAll(async () => {
    await suite.start();
    await suite.view.createWorkspace(environment);
  });
  afterEach(() => suite.leaveAll());
  afterAll(() => suite.stop());

  async function ask(path: string, { at = suite.service, headers = {} }: { at?: Service; headers?: object } = {}) {
    const answer = await fetch(at.url + path, { headers: { authorization: suite.authorization, ...headers } });
    const text = await answer.text();
    const isJson = /^application\/(problem\+)?json\b/.test(answer.headers.get('content-type') ?? '');
    const body = (isJson ? JSON.parse(text) : text) as { id: string }[];
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body,
      position: answer.headers.get('tidemark-position')!,
      upToDate: answer.headers.get('tidemark-up-to-date'),
    };
  }
  const now = async (path: string) => (await ask(`${path}?wait=0`)).position;

  it.each([USER, WORKSPACE, ALL])('begins now without a position, and goes on behind each answer: %s', async (path) => {
    const first = await ask(`${path}?wait=0`);
    expect(first).toMatchObject({ status: 200, body: [], upToDate: 'true', position: expect.any(String) });
    expect(first.headers.get('cache-control')).toBe('no-store');
    const sent = named('a', 'b', 'c').map((one) => ({ ...one, workspace: 1 }));
    await suite.view.send(environment, 1, ...sent);
    const two = await ask(`${path}?after=${first.position}&limit=2`);
    expect([idsOf(two.body), two.upToDate]).toEqual([idsOf(sent.slice(0, 2)), 'false']);
    const rest = await ask(`${path}?wait=0s`, { headers: { 'last-event-id': two.position } });
    expect([idsOf(rest.body), rest.upToDate]).toEqual([idsOf(sent.slice(2)), 'true']);
    expect(await ask(`${path}?after=${rest.position}&wait=0`)).toMatchObject({ body: [], upToDate: 'true' });
  });

  it('waits until there is something, on any instance, and is not woken by what is of no concern', async () => {
    const another = await suite.another();
    const position = await now(USER);
    const waiting = [suite.service, another].map((at) => ask(`${USER}?after=${position}&wait=30s&types=edit`, { at }));
    await eventually(() => expect([suite.service.hub.idle, another.hub.idle]).toEqual([false, false]));
    await suite.view.send(environment, 2, { id: randomUUID(), type: 'edit' });
    await suite.view.send(environment, 1, { id: randomUUID(), type: 'read' });
    const sent = { id: randomUUID(), type: 'edit' };
    await suite.view.send(environment, 1, sent);
    for (const { body, upToDate } of await Promise.all(waiting)) {
      expect([idsOf(body), upToDate]).toEqual([[sent.id], 'true']);
    }
    await another.stop();
  });

  it('answers nothing when the time is over, from a position behind all that was of no concern', async () => {
    const position = await now(USER);
    const waiting = ask(`${USER}?after=${position}&wait=1s`);
    await eventually(() => expect(suite.service.hub.idle).toBe(false));
    const partition = partitionFor(`${environment}/1`, 8);
    const neighbour = Array.from({ length: 50 }, (_, n) => n + 2).find(
      (id) => partitionFor(`${environment}/${id}`, 8) === partition,
    )!;
    await suite.view.send(environment, neighbour, ...named('of a neighbour'));
    const answer = await waiting;
    expect(answer).toMatchObject({ status: 200, body: [], upToDate: 'true' });
    const [before, after] = [position, answer.position].map((text) => suite.view.positions.parse(text)!.positions[0]!);
    expect(after! - before!).toBe(1);
  });

  it('gives activities as the stream does, as an array or as lines', async () => {
    const stream = await suite.open(USER);
    const position = await now(USER);
    await suite.view.send(environment, 1, ...named('a', 'b'));
    await eventually(() => expect(stream.ids).toHaveLength(2));
    const shown = messagesIn(stream.text).map(({ position: _, ...activity }) => activity);
    const path = `${USER}?after=${position}&wait=0`;
    const array = await ask(path, { headers: { accept: 'application/json, application/x-ndjson;q=0.5' } });
    expect(array.body).toEqual(shown);
    const lines = await ask(path, { headers: { accept: 'application/json;q=0.1, application/x-ndjson' } });
    expect(lines.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    expect(lines.text).toBe(shown.map((activity) => `${JSON.stringify(activity)}\n`).join(''));
    expect((await ask(path, { headers: { accept: 'text/html' } })).body).toEqual(shown);
  });

  it('says to one who wants events that there are none in one answer', async () => {
    const { status, body } = await ask(`${USER}?wait=5s`, { headers: { accept: 'text/event-stream' } });
    expect([status, body]).toMatchObject([400, { errors: [{ parameter: 'Accept', code: 'invalid' }] }]);
  });

  it.each(['wait=31s', 'wait=-1', 'wait=1.5', 'wait=5m', 'limit=0', 'limit=5001', 'limit=x', 'wait=1&wait=2'])(
    'takes no %s',
    async (query) => expect((await ask(`${USER}?${query}`)).status).toBe(400),
  );

  it('begins at a time, and ends early where an answer becomes long: nothing is left out', async () => {
    await suite.view.register('long');
    const authorization = await bearer(['long']);
    const since = new Date(Date.now() - 1_000).toISOString();
    const sent = Array.from({ length: 700 }, () => ({ id: randomUUID(), data: { text: 'x'.repeat(16_000) } }));
    await suite.view.send('long', 1, ...sent);
    const got: string[] = [];
    let answers = 0;
    let query = `since=${since}`;
    for (let done = false; !done; answers += 1) {
      const answer = await ask(`${ALL}?limit=5000&${query}`, { headers: { authorization } });
      expect(answer.text.length).toBeLessThan(8 * 1024 * 1024);
      got.push(...idsOf(answer.body));
      query = `after=${answer.position}`;
      done = answer.upToDate === 'true';
    }
    expect(got).toEqual(idsOf(sent));
    expect(answers).toBeGreaterThan(1);
  });

  it.each([
    ['malformed-position', () => 'yesterday'],
    ['position-of-another-stream', () => suite.view.positions.format({ first: 200, positions: [0] })],
    ['unknown-position', () => suite.view.positions.format({ first: 0, positions: Array<number>(8).fill(2 ** 40) })],
  ])('says so where the position is not known, and names one to go on from: %s', async (code, given) => {
    const refused = await ask(`${USER}?after=${given()}&wait=30s`);
    expect(refused).toMatchObject({
      status: 410,
      body: { type: '/problems/unknown-position', errors: [{ parameter: 'after', code }] },
    });
    const sent = named('after the reset');
    await suite.view.send(environment, 1, ...sent);
    expect(idsOf((await ask(`${USER}?after=${refused.position}&wait=10s`)).body)).toEqual(idsOf(sent));
  });

  it('says what named the position that is not known', async () => {
    for (const [query, header, parameter] of [
      ['&after=x&lastEventId=x', 'x', 'Last-Event-ID'],
      ['&after=x&lastEventId=x', '', 'lastEventId'],
      ['&after=x', '', 'after'],
    ] as const) {
      const refused = await ask(`${USER}?wait=0${query}`, { headers: { 'last-event-id': header } });
      expect(refused).toMatchObject({ status: 410, body: { errors: [{ parameter, code: 'malformed-position' }] } });
    }
  });

  it('has nothing of before the time where it begins, nor has the stream, though that time is still to come', async () => {
    await suite.view.register('timed');
    const authorization = await bearer(['timed']);
    const since = Date.now() + 3_600_000;
    const query = `since=${new Date(since).toISOString()}`;
    const stream = await suite.open(`${ALL}?${query}`, { authorization });
    const whole = await suite.open(ALL, { authorization });
    const waiting = ask(`${ALL}?${query}&wait=30s`, { headers: { authorization } });
    const [before, then] = [named('before')[0]!, named('then')[0]!];
    await suite.view.send('timed', 1, { ...before, receivedAt: since - 1 });
    await eventually(() => expect(whole.ids).toEqual([before.id]));
    await suite.view.send('timed', 1, { ...then, receivedAt: since });
    expect(idsOf((await waiting).body)).toEqual([then.id]);
    await eventually(() => expect([whole.ids, stream.ids]).toEqual([[before.id, then.id], [then.id]]));
  });

  it('is not found where the user is not, or is deleted while it waits', async () => {
    expect((await ask('/api/v3/users/999/stream?wait=1s')).status).toBe(404);
    expect((await ask('/api/v3/workspaces/999/stream?wait=1s')).status).toBe(404);
    await suite.view.register('short');
    const headers = { authorization: await bearer(['short']) };
    const waiting = ask('/api/v3/users/1/stream?wait=30s', { headers });
    await eventually(() => expect(suite.service.hub.idle).toBe(false));
    await suite.view.remove('short', 1);
    expect((await waiting).status).toBe(404);
  });

  it('needs a token with the scope, or a ticket, which opens the live stream too', async () => {
    const scopeless = await bearer([environment], { scope: 'users:read' });
    expect((await ask(`${ALL}?wait=0`, { headers: { authorization: scopeless } })).status).toBe(403);
    expect((await ask(`${ALL}?wait=0`, { headers: { authorization: '' } })).status).toBe(401);
    const ticket = await eventually(async () => {
      const post = { method: 'POST', headers: { authorization: suite.authorization } };
      const answer = await fetch(`${suite.service.url}/api/v3/stream-tickets`, post);
      expect(answer.status).toBe(201);
      return ((await answer.json()) as { ticket: string }).ticket;
    });
    const statusOf = async (query: string, path = ALL) =>
      (await ask(`${path}?ticket=${ticket}${query}`, { headers: { authorization: '' } })).status;
    expect(await statusOf('&wait=0&after=unknown')).toBe(410);
    expect(await statusOf('&wait=0', USER)).toBe(200);
    expect(await statusOf('&limit=1', USER)).toBe(200);
    expect(await statusOf('&wait=0')).toBe(401);
    const live = await suite.open(`${USER}?ticket=${ticket}`, { authorization: '' });
    expect(live.status).toBe(200);
  });

  it("ends with the token's time, with the client and with the process, and leaves nothing behind", async () => {
    const authorization = await bearer([environment], { ttl: 2 });
    expect(await ask(`${USER}?wait=30s`, { headers: { authorization } })).toMatchObject({ status: 200, body: [] });
    const instance = await suite.another({ limits: { maxOpenPerEnvironment: 2 } });
    const left = new AbortController();
    const abandoned = fetch(`${instance.url}${USER}?wait=30s`, {
      headers: { authorization: suite.authorization },
      signal: left.signal,
    });
    await eventually(() => expect(instance.hub.idle).toBe(false));
    left.abort();
    await expect(abandoned).rejects.toThrow();
    await eventually(() => expect([instance.hub.idle, instance.deletions.count]).toEqual([true, 0]));
    const waiting = [ask(`${USER}?wait=30s`, { at: instance }), ask(`${ALL}?wait=30s`, { at: instance })];
    await eventually(() => expect(instance.deletions.count).toBe(2));
    expect((await ask(`${ALL}?wait=0`, { at: instance })).status).toBe(429);
    await instance.stop();
    expect(await Promise.all(waiting)).toMatchObject([
      { status: 200, body: [], upToDate: 'true' },
      { status: 200, body: [], upToDate: 'true' },
    ]);
    expect([instance.hub.idle, instance.deletions.count]).toEqual([true, 0]);
  });

  it('answers HEAD', async () => {
    const headers = { authorization: suite.authorization };
    const answer = await fetch(`${suite.service.url}${USER}?wait=0`, { method: 'HEAD', headers });
    expect([answer.status, answer.headers.get('tidemark-up-to-date')]).toEqual([200, 'true']);
  });

  it('has what comes just when it has read how far the views are', async () => {
    const instance = await suite.another();
    const { position } = await ask(`${USER}?wait=0`, { at: instance });
    const { hub, postgres } = instance;
    const query = postgres.query.bind(postgres);
    const sent = named('just now');
    let looks = 0;
    postgres.query = async (text, values) => {
      const result = await query<never>(text, values);
      // The first is for where it begins.
      if (/FROM activities_checkpoints/.test(text) && ++looks === 2) {
        const partitions = hub.partitionsOf({ environment, userId: 1 });
        const [before] = hub.deliveredPositions(partitions);
        await suite.view.send(environment, 1, ...sent);
        await eventually(() => expect(hub.deliveredPositions(partitions)[0]).toBeGreaterThan(before!));
      }
      return result;
    };
    const answer = await ask(`${USER}?after=${position}&wait=3s`, { at: instance });
    expect(idsOf(answer.body)).toEqual(idsOf(sent));
    await instance.stop();
  });

  it('misses nothing and has nothing twice for two who poll on two instances while others write', async () => {
    const another = await suite.another();
    const start = await now(ALL);
    const sent: string[] = [];
    const write = async (userId: number) => {
      for (let round = 0; round < 30; round += 1) {
        const fresh = named('p', 'q', 'r');
        await suite.view.send(environment, userId, ...fresh, fresh[0]!);
        sent.push(...idsOf(fresh));
      }
    };
    const last = randomUUID();
    const writing = Promise.all([1, 2, 3].map(write)).then(() => suite.view.send(environment, 1, { id: last }));
    const poll = async (turn: number) => {
      const got: string[] = [];
      let done = false;
      for (let position = start, round = turn; !done; round += 1) {
        const at = round % 2 ? another : suite.service;
        const answer = await ask(`${ALL}?after=${position}&wait=5s&limit=7`, { at });
        position = answer.position;
        got.push(...idsOf(answer.body));
        // Partitions are read one after the other: the last to be written is not the last to be read.
        done = got.includes(last) && answer.upToDate === 'true';
      }
      return got;
    };
    const polled = await Promise.all([poll(0), poll(1)]);
    await writing;
    for (const got of polled) expect([...got].sort()).toEqual([...sent, last].sort());
    await another.stop();
  });
});
