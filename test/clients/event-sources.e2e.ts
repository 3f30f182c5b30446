import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cable, cableTo } from '../support/cut-off.js';
import { EVENT_SOURCES, type Follower } from '../support/event-sources.js';
import { eventually } from '../support/eventually.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Client, type Service, startService } from '../support/service.js';

const CLIENTS = Object.entries(EVENT_SOURCES);
const IN_A_ROUND = 60;
// Somewhere in the middle of what a round comes to, and in the middle of an activity at that.
const BYTES_OF_A_ROUND = 5_000;

const portOf = ({ url }: Service) => Number(new URL(url).port);

/** One client, which follows a user of its own through a cable of its own. */
interface Following {
  readonly name: string;
  readonly userId: number;
  readonly cable: Cable;
  readonly follower: Follower;
}

describe('the EventSources of the registries, each through a connection that breaks', () => {
  let service: Service;
  /** Where the streams are at first. */
  let another: Service | undefined;
  let client: Client;
  let all: Following[] = [];
  const sent: string[] = [];

  beforeAll(async () => {
    service = await startService();
    another = await startService({ namespace: service.namespace.name, owner: false, projector: false });
    client = await service.client();
    all = await Promise.all(CLIENTS.map(([name]) => follow(name)));
    await eventually(() => expect(ofEach(({ opened }) => opened)).toEqual(forEach(1)));
  }, INSTALLED_WITHIN_MS);
  afterAll(async () => {
    await Promise.all(all.map(({ follower }) => follower.stop()));
    for (const { cable } of all) cable.close();
    await another?.stop();
    await service?.stop();
  });

  async function follow(name: string): Promise<Following> {
    const username = name.replace(' ', '-');
    const { body: user } = await client('POST', '/api/v3/users', { username, email: `${username}@example.com` });
    const cable = await cableTo(portOf(another!));
    const { opensBy, follow: start } = EVENT_SOURCES[name]!;
    const { body } = await client('POST', '/api/v3/stream-tickets');
    const query = opensBy === 'ticket' ? `?ticket=${body.ticket}` : '';
    const url = `http://127.0.0.1:${cable.port}/api/v3/users/${user.id}/stream${query}`;
    return { name, userId: user.id, cable, follower: await start(url, await service.token()) };
  }

  /** To the user of each client. */
  async function send(count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, n) => `a${sent.length + n}`);
    const items = all.flatMap(({ userId }) => ids.map((id) => ({ id, userId, type: 'step' })));
    const { body } = await client('POST', '/api/v3/activities', items);
    expect(body).toEqual({ accepted: items.length, rejected: [] });
    sent.push(...ids);
  }

  const ofEach = <Of>(look: (follower: Follower) => Of) =>
    Object.fromEntries(all.map(({ name, follower }) => [name, look(follower)]));
  const forEach = <Of>(value: Of) => Object.fromEntries(all.map(({ name }) => [name, value]));

  const haveAll = () => eventually(() => expect(ofEach(({ activities }) => activities)).toEqual(forEach(sent)));

  it('miss nothing where it breaks before the first activity', async () => {
    for (const { cable } of all) cable.cut();
    await send(5);
    await haveAll();
  });

  it('have each activity once and in order where it breaks between activities, and in the middle of one', async () => {
    for (const _ of [1, 2]) {
      const opened = ofEach((follower) => follower.opened);
      for (const { cable } of all) cable.cutWithin(BYTES_OF_A_ROUND);
      await send(IN_A_ROUND);
      await eventually(() => {
        for (const { name, follower } of all) expect([name, follower.opened > opened[name]!]).toEqual([name, true]);
      });
      for (const { cable } of all) cable.cut();
      await send(IN_A_ROUND);
      await haveAll();
    }
  });

  it('go on at another instance where theirs ends, and all its streams in order', async () => {
    for (const { cable } of all) cable.leadTo(portOf(service));
    await another!.stop();
    another = undefined;
    await send(IN_A_ROUND);
    await haveAll();
  });

  it('keep the connection while nothing happens for longer than their read time-out of ten seconds', async () => {
    const opened = ofEach((follower) => follower.opened);
    await heartbeats(3);
    await send(1);
    await haveAll();
    expect(ofEach((follower) => follower.opened)).toEqual(opened);
  });

  it('are told of nothing else', () => {
    expect(ofEach(({ oddities }) => oddities)).toEqual(forEach([]));
  });

  /** Resolves when a stream that has nothing to say has had so many: between the first and the third lie 16 s. */
  async function heartbeats(count: number): Promise<void> {
    const leaving = new AbortController();
    const authorization = `Bearer ${await service.token()}`;
    const url = `${service.url}/api/v3/stream?types=none`;
    const answer = await fetch(url, { headers: { authorization }, signal: leaving.signal });
    let said = '';
    for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said.split(': still here').length > count) break;
    }
    leaving.abort();
  }
});
