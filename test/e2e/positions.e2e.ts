import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runReplay } from '../support/replays.js';
import { type Answer, type Client, type Service, startService } from '../support/service.js';

const USERS = 40;
const WORKSPACES = 3;
const WRITERS = 2;
/** So many answers of those before the last are judged. */
const JUDGED = 60;
const WINDOW = '90d';

interface Activity {
  readonly id: string;
  readonly userId: number;
  readonly workspaceId: number | null;
}

/** A read, what its answer showed, and where a stream goes on from it. */
interface Read {
  readonly name: string;
  readonly stream: string;
  readonly position: string;
  readonly shown: unknown;
  /** What the answer would have shown of all activities, had it been given behind these `later` ones. */
  readonly judge: (later: readonly Activity[], all: readonly Activity[]) => unknown;
}

interface Question {
  readonly path: string;
  readonly stream: string;
  readonly show: (body: any) => unknown;
  readonly judge: Read['judge'];
}

const within = (all: readonly Activity[], later: readonly Activity[], is: (one: Activity) => boolean) => {
  const gone = new Set(later.map(({ id }) => id));
  return all.filter((one) => is(one) && !gone.has(one.id));
};
const usersOf = (activities: readonly Activity[]) => new Set(activities.map(({ userId }) => userId)).size;

/** What is asked of a user and a workspace, in every call that tells a position. */
function questions(user: number, workspace: number): Question[] {
  const [ofUser, ofWorkspace] = [`/api/v3/users/${user}`, `/api/v3/workspaces/${workspace}/stream`];
  const isUsers = (one: Activity) => one.userId === user;
  const isThere = (one: Activity) => one.workspaceId === workspace;
  return [
    {
      path: `${ofUser}/activities?limit=500`,
      stream: `${ofUser}/stream`,
      show: (body: Activity[]) => body.map(({ id }) => id).sort(),
      judge: (later, all) =>
        within(all, later, isUsers)
          .map(({ id }) => id)
          .sort(),
    },
    {
      path: `${ofUser}/activities/count?workspace=${workspace}`,
      stream: ofWorkspace,
      show: ({ count }: { count: number }) => count,
      judge: (later, all) => within(all, later, (one) => isUsers(one) && isThere(one)).length,
    },
    {
      path: `${ofUser}/activeworkspaces?window=${WINDOW}`,
      stream: '/api/v3/stream',
      show: (body: { activities: number }[]) => body.reduce((sum, { activities }) => sum + activities, 0),
      judge: (later, all) => within(all, later, (one) => isUsers(one) && one.workspaceId !== null).length,
    },
    {
      path: `/api/v3/statistics/active-users?window=${WINDOW}`,
      stream: '/api/v3/stream',
      show: ({ activeUsers }: { activeUsers: number }) => activeUsers,
      judge: (later, all) => usersOf(within(all, later, () => true)),
    },
    {
      path: `/api/v3/statistics/active-users?window=${WINDOW}&workspace=${workspace}`,
      stream: ofWorkspace,
      show: ({ activeUsers }: { activeUsers: number }) => activeUsers,
      judge: (later, all) => usersOf(within(all, later, isThere)),
    },
    {
      path: `/api/v3/statistics/top?by=user&window=${WINDOW}&limit=100`,
      stream: '/api/v3/stream',
      show: (body: { count: number }[]) => body.reduce((sum, { count }) => sum + count, 0),
      judge: (later, all) => within(all, later, () => true).length,
    },
    {
      path: `/api/v2/usage-statistics/active-users?window=${WINDOW}`,
      stream: '/api/v3/stream',
      show: ({ data }: { data: { activeUsers: number } }) => data.activeUsers,
      judge: (later, all) => usersOf(within(all, later, () => true)),
    },
  ];
}

describe('an answer and the stream behind its position', () => {
  let instances: Service[];
  let clients: Client[];
  const reads: Read[] = [];
  const sources = new Set<string>();

  beforeAll(async () => {
    const first = await startService();
    instances = [first, await startService({ namespace: first.namespace.name, owner: false })];
    clients = await Promise.all(instances.map((instance) => instance.client()));
    const named = Array.from({ length: USERS }, (_, n) => ({ username: `u${n}`, email: `u${n}@example.com` }));
    expect((await clients[0]!('POST', '/api/v3/users/batch', named)).body).toMatchObject({ created: USERS });
    for (let n = 0; n < WORKSPACES; n += 1) await clients[0]!('POST', '/api/v3/workspaces', { name: `W${n}` });
  });
  afterAll(async () => {
    for (const instance of instances?.toReversed() ?? []) await instance.stop();
  });

  /** Sends without a pause until it is stopped: new ones, repeats of the last ones, some of them of long ago. */
  async function write(writer: number, going: () => boolean): Promise<void> {
    let before: object[] = [];
    for (let n = 0; going(); n += 1) {
      const fresh = Array.from({ length: 4 }, (_, at) => ({
        id: `${writer}-${n}-${at}`,
        userId: 1 + ((writer + WRITERS * n + 7 * at) % Math.min(USERS, 3 + n)),
        type: 'step',
        ...(at % 2 && { workspaceId: 1 + ((n + at) % WORKSPACES) }),
        ...(at === 2 && { occurredAt: new Date(Date.now() - n * 3_600_000).toISOString() }),
      }));
      const answer = await clients[n % 2]!('POST', '/api/v3/activities', [...fresh, ...before, fresh[0]]);
      expect(answer).toMatchObject({ status: 202, body: { rejected: [] } });
      before = fresh;
    }
  }

  async function read(turn: number, going: () => boolean): Promise<void> {
    for (let n = turn; going(); n += 1) {
      const asked = questions(1 + (n % 5), 1 + (n % WORKSPACES));
      const { path, stream, show, judge } = asked[n % asked.length]!;
      const { status, headers, body } = await clients[(n >> 1) % 2]!('GET', path);
      expect([status, body]).toEqual([200, expect.anything()]);
      sources.add(headers.get('tidemark-source') ?? '');
      reads.push({ name: path, stream, position: headers.get('tidemark-position')!, shown: show(body), judge });
    }
  }

  /** All that stands behind a position, by polls of one instance after the other. */
  async function behind(stream: string, query: string): Promise<Activity[]> {
    const got: Activity[] = [];
    let answer: Answer | undefined;
    for (let n = 0; answer?.headers.get('tidemark-up-to-date') !== 'true'; n += 1) {
      const from = answer ? `after=${answer.headers.get('tidemark-position')}` : query;
      answer = await clients[n % 2]!('GET', `${stream}?limit=900&${from}`);
      expect(answer.status).toBe(200);
      got.push(...(answer.body as Activity[]));
    }
    return got;
  }

  /** Once what was sent is in the views. */
  async function settled(): Promise<void> {
    const everybody = Array.from({ length: USERS }, (_, n) => ({ id: `settled-${n}`, userId: n + 1, type: 'settled' }));
    const { headers } = await clients[0]!('GET', '/api/v3/users/1/activities/count');
    await clients[0]!('POST', '/api/v3/activities', everybody);
    const got: Activity[] = [];
    let position = headers.get('tidemark-position');
    while (got.filter(({ id }) => id.startsWith('settled')).length < USERS) {
      const answer = await clients[0]!('GET', `/api/v3/stream?wait=10s&after=${position}`);
      position = answer.headers.get('tidemark-position');
      got.push(...(answer.body as Activity[]));
    }
  }

  it('have everything together and nothing twice, while others write and views are exchanged, on any instance', async () => {
    let isGoing = true;
    const going = () => isGoing;
    const work = [...[0, 1].map((n) => write(n, going)), read(0, going)];
    const replayed = runReplay(instances[0]!).finally(() => (isGoing = false));
    await Promise.all([replayed, ...work]);
    expect((await replayed).outcome).toBe('switched');
    await settled();

    const all = await behind('/api/v3/stream', 'since=2000-01-01T00:00:00Z');
    expect(new Set(all.map(({ id, userId }) => `${userId}/${id}`)).size).toBe(all.length);
    expect(reads.length).toBeGreaterThan(30);
    const wrong = [];

    const every = Math.ceil(reads.length / JUDGED);
    for (const { name, stream, position, shown, judge } of reads.filter((_, n) => n % every === 0)) {
      const later = await behind(stream, `after=${position}`);
      const expected = judge(later, all);
      if (JSON.stringify(expected) !== JSON.stringify(shown)) wrong.push({ name, shown, expected });
    }
    expect(wrong).toEqual([]);
    expect([...sources].sort()).toEqual(['', 'postgres', 'redis']);
  }, 180_000);
});
