import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type Client, type Service, startService } from '../support/service.js';

const MANY = 60;

describe('changes of one object that arrive at once at two instances', () => {
  let instances: Service[];

  beforeAll(async () => {
    const first = await startService();
    instances = [first, await startService({ namespace: first.namespace.name, owner: false })];
  });
  afterAll(async () => {
    for (const instance of instances?.toReversed() ?? []) await instance.stop();
  });

  /** Clients of both instances for an environment in which there is user 1, workspace 1 and group 1. */
  async function populated(environment: string): Promise<Client[]> {
    const clients = await Promise.all(instances.map((instance) => instance.client(environment)));
    const created = [
      await clients[0]!('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' }),
      await clients[0]!('POST', '/api/v3/workspaces', { name: 'Tide' }),
      await clients[0]!('POST', '/api/v3/groups', { name: 'Crew' }),
    ];
    expect(created.map(({ status }) => status)).toEqual([201, 201, 201]);
    return clients;
  }

  /** Each of these by turns at one instance and the other, all at once. */
  const atOnce = (clients: Client[], count: number, send: (client: Client, index: number) => Promise<Answer>) =>
    Promise.all(Array.from({ length: count }, (_, index) => send(clients[index % clients.length]!, index)));

  const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status);
  const versionsOf = (answers: readonly Answer[]) => answers.map(({ headers }) => headers.get('etag'));
  const versions = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => `"${from + index}"`).toSorted();

  it('are all there without If-Match: each field and each member of the profile, and a version for each', async () => {
    const clients = await populated('all-count');
    const fields = [{ firstName: 'Jane' }, { lastName: 'Doe' }, { isActive: false }, { email: 'doe@example.com' }];
    const members = Array.from({ length: MANY }, (_, n) => ({ profile: { [`f${n}`]: n, shared: { [`s${n}`]: n } } }));
    const changes = [...fields, ...members];
    const answers = await atOnce(clients, changes.length, (client, index) =>
      client('PATCH', '/api/v3/users/1', changes[index]),
    );
    expect(statusesOf(answers)).toEqual(changes.map(() => 200));
    expect(versionsOf(answers).toSorted()).toEqual(versions(2, changes.length));
    const expected = {
      ...Object.assign({}, ...fields),
      profile: {
        ...Object.assign({}, ...members.map(({ profile: { shared: _, ...own } }) => own)),
        shared: Object.assign({}, ...members.map(({ profile }) => profile.shared)) as object,
      },
    };
    for (const client of clients) {
      const read = await client('GET', '/api/v3/users/1');
      expect(read.body).toMatchObject(expected);
      expect(read.headers.get('etag')).toBe(`"${1 + changes.length}"`);
    }
  });

  it('leave what the last in the log said where they are about one field', async () => {
    const clients = await populated('last-wins');
    const answers = await atOnce(clients, MANY, (client, n) =>
      client('PATCH', '/api/v3/users/1', { firstName: `name ${n}` }),
    );
    expect(versionsOf(answers).toSorted()).toEqual(versions(2, MANY));
    const last = answers.find((answer) => answer.headers.get('etag') === `"${1 + MANY}"`)!;
    for (const client of clients) expect((await client('GET', '/api/v3/users/1')).body).toEqual(last.body);
  });

  it.each([
    ['PATCH', 'users', (n: number) => ({ firstName: `name ${n}` })],
    ['PUT', 'users', (n: number) => ({ username: `jane${n}`, email: 'jane@example.com' })],
    ['PATCH', 'workspaces', (n: number) => ({ name: `name ${n}` })],
    ['PATCH', 'groups', (n: number) => ({ name: `name ${n}` })],
  ])('are one change where each %s of the %s names the same version, and 412 for all others', async (...row) => {
    const [method, kind, body] = row;
    const clients = await populated(`one-${method}-${kind}`);
    const path = `/api/v3/${kind}/1`;
    const answers = await atOnce(clients, MANY, (client, n) => client(method, path, body(n), { 'if-match': '"1"' }));
    const [winner, ...others] = answers.toSorted((one, other) => one.status - other.status);
    expect([winner!.status, winner!.headers.get('etag')]).toEqual([200, '"2"']);
    expect(statusesOf(others)).toEqual(others.map(() => 412));
    for (const client of clients) {
      const read = await client('GET', path);
      expect([read.body, read.headers.get('etag')]).toEqual([winner!.body, '"2"']);
    }
  });

  it.each(['users', 'workspaces', 'groups'])(
    'are one deletion where all delete the %s, and 404 for all others',
    async (kind) => {
      const clients = await populated(`deleted-${kind}`);
      const path = `/api/v3/${kind}/1`;
      const answers = await atOnce(clients, MANY, (client) => client('DELETE', path, undefined, { 'if-match': '"1"' }));
      expect(statusesOf(answers).toSorted()).toEqual([204, ...answers.slice(1).map(() => 404)]);
    },
  );

  it('are as many as there are who read the version anew until theirs is taken', async () => {
    const clients = await populated('optimistic');
    const increment = async (client: Client): Promise<Answer> => {
      for (;;) {
        const read = await client('GET', '/api/v3/users/1');
        const count = ((read.body.profile as { count?: number }).count ?? 0) + 1;
        const headers = { 'if-match': read.headers.get('etag')! };
        const answer = await client('PATCH', '/api/v3/users/1', { profile: { count } }, headers);
        if (answer.status !== 412) return answer;
      }
    };
    const answers = await atOnce(clients, 12, increment);
    expect(statusesOf(answers)).toEqual(answers.map(() => 200));
    expect((await clients[0]!('GET', '/api/v3/users/1')).body.profile).toEqual({ count: 12 });
  });
});
