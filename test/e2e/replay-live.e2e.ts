import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { eventually } from '../support/eventually.js';
import { sendHistory } from '../support/history.js';
import { runReplay, runRollback } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

const USER = 7;
const ROUNDS = 3;

describe('while views are replayed and switched', () => {
  let service: Service;
  let here: Client;
  let there: Client;
  let second: Service;

  beforeAll(async () => {
    service = await startService();
    await sendHistory(service);
    second = await startService({ namespace: service.namespace.name, owner: false });
    [here, there] = [await service.client(), await second.client()];
  });
  afterAll(async () => {
    await second?.stop();
    await service?.stop();
  });

  /** Goes on with `turn` until it is stopped; resolves to how often, rejects with what went wrong. */
  function repeat(turn: (n: number) => Promise<void>) {
    let going = true;
    const run = async () => {
      let n = 0;
      for (; going; n += 1) await turn(n);
      return n;
    };
    const running = run();
    running.catch(() => (going = false));
    return {
      stop: () => {
        going = false;
        return running;
      },
    };
  }

  /** Commands of one client, each read back at once on another instance. */
  const commands = () =>
    repeat(async (n) => {
      const changed = await here('PATCH', `/api/v3/users/${USER}`, { firstName: `name${n}` });
      expect(changed).toMatchObject({ status: 200, body: { firstName: `name${n}` } });
      const read = await there('GET', `/api/v3/users/${USER}`);
      expect(read).toMatchObject({ status: 200, body: { firstName: `name${n}` } });
      const found = await there('GET', `/api/v3/users/search?q=name${n}`);
      expect(found).toMatchObject({
        status: 200,
        body: expect.arrayContaining([expect.objectContaining({ id: USER })]),
      });
    });

  /** Activities of one user, whose count never falls and is never ahead of what was sent. */
  const activities = (sent: string[]) =>
    repeat(async (n) => {
      const ids = [`live${n}`, `live${n}`, `more${n}`];
      const items = ids.map((id) => ({ id, userId: USER, type: 'live' }));
      expect(await here('POST', '/api/v3/activities', items)).toMatchObject({ status: 202, body: { accepted: 3 } });
      sent.push(...new Set(ids));
    });

  const counts = (sent: string[]) => {
    let before = 0;
    return repeat(async () => {
      const { status, body } = await there('GET', `/api/v3/users/${USER}/activities/count?type=live`);
      expect(status).toBe(200);
      expect(body.count).toBeGreaterThanOrEqual(before);
      // One request more may be on its way.
      expect(body.count).toBeLessThanOrEqual(sent.length + 2);
      before = body.count as number;
    });
  };

  /** What is not touched by anybody, and must be there whole in every answer. */
  async function reads() {
    const paths = [
      'users?page_size=100',
      'users/2',
      'users/2/activities?limit=20',
      'users/2/activities/count',
      'users/2/workspaces',
      'workspaces/1/permissions',
      'groups/1/members',
      'users/search?q=user1',
    ].map((path) => `/api/v3/${path}`);
    const other = await second.client('other');
    const expected = await Promise.all(paths.map((path) => other('GET', path)));
    return repeat(async (n) => {
      const at = n % paths.length;
      const { status, body } = await other('GET', paths[at]!);
      expect({ path: paths[at], status, body }).toEqual({ path: paths[at], status: 200, body: expected[at]!.body });
      const active = await other('GET', '/api/v2/usage-statistics/active-users?window=1d');
      expect(active).toMatchObject({ status: 200, body: { status: 'ok' } });
    });
  }

  async function listen(at: Service) {
    const ids: string[] = [];
    const token = await at.token();
    const source = new EventSource(`${at.url}/api/v3/users/${USER}/stream`, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
    });
    let opened = 0;
    source.onopen = () => (opened += 1);
    source.onmessage = ({ data }) => {
      const { id, type } = JSON.parse(data as string) as { id: string; type: string };
      if (type === 'live') ids.push(id);
    };
    await eventually(() => expect(opened).toBe(1));
    return { ids, close: () => source.close(), opened: () => opened };
  }

  it('every answer is right, and streams go on without a gap or a repeat', async () => {
    const sent: string[] = [];
    const streams = [await listen(service), await listen(second)];
    const loops = [commands(), activities(sent), counts(sent), await reads(), await reads()];
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        expect((await runReplay(service)).outcome).toBe('switched');
      }
      expect((await runRollback(service)).outcome).toBe('switched');
    } finally {
      const turns = await Promise.all(loops.map((loop) => loop.stop()));
      expect(Math.min(...turns)).toBeGreaterThan(10);
    }
    for (const { ids, close, opened } of streams) {
      await eventually(() => expect(ids.length).toBeGreaterThanOrEqual(sent.length));
      close();
      expect(ids).toEqual(sent);
      expect(opened()).toBe(1);
    }
    await eventually(async () => {
      const { body } = await there('GET', `/api/v3/users/${USER}/activities/count?type=live`);
      expect(body).toEqual({ count: sent.length });
    });
    // All of it can be had from the log again.
    expect((await runReplay(service, { dryRun: true })).outcome).toBe('compared');
  }, 120_000);
});
