// What a client does: `send` sends activities, `read` reads users and a feed. Prints what it saw as JSON.
import {
  ActivitiesApi,
  Configuration,
  type IncomingActivity,
  type ListActivitiesRequest,
  type Problem,
  ResponseError,
  UsersApi,
  V2Api,
  WorkspacesApi,
} from './client/index';

const environmentId = process.env.TIDEMARK_ENVIRONMENT!;
const configuration = new Configuration({
  basePath: process.env.TIDEMARK_URL!,
  accessToken: process.env.TIDEMARK_TOKEN!,
});
const activities = new ActivitiesApi(configuration);
const users = new UsersApi(configuration);

const at = (hour: number) => new Date(`2026-03-01T${hour}:00:00Z`);

async function send() {
  const type = 'page.viewed';
  return {
    one: await taken([{ id: 'one', userId: 1, type, occurredAt: at(10), data: { path: '/' } }]),
    many: await taken([
      { id: 'two', userId: 1, type, occurredAt: at(11), workspaceId: 1 },
      { id: 'three', username: 'user1', type: 'order.placed', occurredAt: at(12), workspaceId: 1 },
      { id: 'four', username: 'user2', type, occurredAt: at(13) },
      { id: 'five', username: 'nobody', type, occurredAt: at(14) },
    ]),
  };
}

async function taken(incomingActivity: IncomingActivity[]) {
  const { accepted, rejected } = await activities.appendActivities({ incomingActivity, environmentId });
  return { accepted, rejected: rejected.map(({ index, code }) => `${index} ${code}`) };
}

async function read() {
  const [first] = await activities.listActivities({
    userId: 1,
    until: '2026-03-01T11:00:00Z',
    limit: 1,
    environmentId,
  });
  return {
    usersV2: await usersV2(),
    usersV3: await usersV3(),
    feed: await feed(),
    since: await ids({ since: '2026-03-01T12:00:00+01:00' }),
    until: await ids({ until: '2026-03-01T12:00:00Z' }),
    type: await ids({ type: 'order.placed' }),
    workspace: await ids({ workspace: 1 }),
    first: [first!.occurredAt.getTime(), first!.data],
    roles: await roles(),
    problem: await problem(),
  };
}

async function usersV2(): Promise<string[]> {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await new V2Api(configuration).listUsersV2({ environmentId, limit: 2, after });
    names.push(...page.data.map(({ username }) => username));
    after = page.pagination.hasNext ? afterIn(page.pagination.next!) : undefined;
  } while (after !== undefined);
  return names;
}

async function usersV3(): Promise<string[]> {
  const names: string[] = [];
  for (let page = 1; ; page += 1) {
    const { results, next } = await users.listUsers({ environmentId, page, pageSize: 2 });
    names.push(...results.map(({ username }) => username));
    if (next === null) return names;
  }
}

async function feed(): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await activities.listActivitiesRaw({ userId: 1, limit: 2, after, environmentId });
    ids.push(...(await page.value()).map(({ id }) => id));
    const link = page.raw.headers.get('link');
    after = link === null ? undefined : afterIn(link);
  } while (after !== undefined);
  return ids;
}

const afterIn = (text: string) => /[?&]after=([^&>]*)/.exec(`?${text}`)![1];

async function ids(filters: Omit<ListActivitiesRequest, 'userId'>): Promise<string[]> {
  return (await activities.listActivities({ userId: 1, environmentId, ...filters })).map(({ id }) => id);
}

async function roles(): Promise<string[]> {
  const [workspace] = await new WorkspacesApi(configuration).listUserWorkspaces({ userId: 1, environmentId });
  return workspace!.via.map((source) => ('name' in source ? source.name : source.type));
}

async function problem(): Promise<string> {
  try {
    await users.getUser({ userId: 999, environmentId });
    return 'none';
  } catch (error) {
    return ((await (error as ResponseError).response.json()) as Problem).type;
  }
}

void (process.argv[2] === 'send' ? send() : read()).then((seen) => console.log(JSON.stringify(seen)));
