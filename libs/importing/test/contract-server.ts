import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly at: number;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Breaks the connection instead of answering, after the request has been obeyed. */
  readonly lost?: boolean;
}

interface StoredUser {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

interface ActivityIn {
  readonly id: string;
  readonly source?: string;
  readonly userId?: number;
  readonly username?: string;
  readonly type: string;
  readonly workspaceId: number;
  readonly occurredAt: string;
  readonly data: { readonly subject: string };
}

const key = (text: string) => text.normalize('NFKC').trim().toLowerCase();

/**
 * The part of the service's contract that an import relies on, kept in memory behind a real socket: unique names,
 * lists behind an id, idempotency keys, verdicts item by item. `before` and `after` stand in the way of single requests.
 */
export class ContractServer {
  readonly received: Received[] = [];
  readonly users = new Map<string, StoredUser>();
  readonly workspaces: { id: number; name: string }[] = [];
  /** By user and id, so that a repeat counts once. */
  readonly activities = new Map<string, ActivityIn>();
  /** An answer instead of obeying. */
  before: (request: Received) => Reply | undefined = () => undefined;
  /** Another answer than the one that obeying gave. */
  after: (request: Received, reply: Reply) => Reply = (_, reply) => reply;
  /** What is wrong with an activity, if anything. */
  refuses: (activity: ActivityIn) => { code: string; detail: string } | undefined = () => undefined;
  pageSize = 2;
  private readonly outcomes = new Map<string, { reply: Reply; asked: number }>();
  private readonly keys = new Map<string, Reply>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  static async start(): Promise<ContractServer> {
    const started = new ContractServer();
    await new Promise<void>((resolve) => started.server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  requests(path: RegExp): Received[] {
    return this.received.filter((request) => path.test(`${request.method} ${request.path}`));
  }

  /** For `after`: the command is taken, its outcome comes when it has been asked for `polls` times. */
  pending(reply: Reply, polls: number): Reply {
    const id = `c${this.outcomes.size}`;
    this.outcomes.set(id, { reply, asked: -polls });
    return { status: 202, body: { status: 'pending' }, headers: { location: `/api/v3/commands/${id}` } };
  }

  private async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const request: Received = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: bodyOf(text, message.headers['content-type']),
      at: performance.now(),
    };
    this.received.push(request);
    const reply = this.before(request) ?? this.after(request, this.obey(request));
    if (reply.lost) return void message.socket.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body));
  }

  private obey(request: Received): Reply {
    const { method, path, headers, body } = request;
    if (!headers.authorization?.startsWith('Bearer ')) return problem(401, 'unauthorized', 'no token');
    const [, route, rest = ''] = /^\/api\/v3\/(\w+)(.*)$/.exec(path) ?? [];
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const id = Number(pathname.split('/')[4]);
    const routes: Record<string, () => Reply> = {
      'POST users': () => this.register(body as Omit<StoredUser, 'id'>),
      'GET users': () => (pathname.endsWith('/search') ? this.search(searchParams) : this.feed(id, searchParams)),
      'GET workspaces': () => (id ? this.workspace(id) : this.behind(Number(searchParams.get('after')))),
      'POST workspaces': () => this.createWorkspace(request),
      'PATCH workspaces': () => this.rename(id, (body as { name: string }).name),
      'POST activities': () => this.take(body as ActivityIn[]),
      'GET commands': () => this.outcome(rest.slice(1)),
    };
    return routes[`${method} ${route}`]?.() ?? problem(404, 'not-found', 'There is no such address.');
  }

  private register(user: Omit<StoredUser, 'id'>): Reply {
    if (this.users.has(key(user.username))) return problem(409, 'username-taken', 'taken');
    const emails = [...this.users.values()].map(({ email }) => key(email));
    if (emails.includes(key(user.email))) return problem(409, 'email-taken', 'taken');
    const stored = { id: this.users.size + 1, ...user };
    this.users.set(key(user.username), stored);
    return { status: 201, body: stored, headers: { location: `/api/v3/users/${stored.id}` } };
  }

  private search(query: URLSearchParams): Reply {
    const wanted = key(query.get('q') ?? '');
    const found = [...this.users.values()].filter((user) => [user.username, user.email].map(key).includes(wanted));
    return { status: 200, body: found.slice(0, Number(query.get('limit'))) };
  }

  /** Latest first, so many a page as a page has. */
  private feed(userId: number, query: URLSearchParams): Reply {
    const after = Number(query.get('after') ?? 0);
    const [since, until] = ['since', 'until'].map((name) => query.get(name));
    const own = this.activitiesOf(userId).filter(
      ({ occurredAt }) => (!since || occurredAt >= since) && (!until || occurredAt < until),
    );
    query.set('after', String(after + this.pageSize));
    const link = `<https://public.example/api/v3/users/${userId}/activities?${query}>; rel="next"`;
    const isLast = after + this.pageSize >= own.length;
    return { status: 200, body: own.slice(after, after + this.pageSize), headers: isLast ? {} : { link } };
  }

  activitiesOf(userId: number): ActivityIn[] {
    return [...this.activities].flatMap(([unique, activity]) => (unique.startsWith(`${userId}/`) ? [activity] : []));
  }

  private workspace(id: number): Reply {
    const body = this.workspaces.find((workspace) => workspace.id === id);
    return body ? { status: 200, body } : problem(404, 'not-found', 'There is no such workspace.');
  }

  private rename(id: number, name: string): Reply {
    const at = this.workspaces.findIndex((workspace) => workspace.id === id);
    this.workspaces[at] = { id, name };
    return this.workspace(id);
  }

  private behind(after: number): Reply {
    const rest = this.workspaces.filter(({ id }) => id > after);
    const results = rest.slice(0, this.pageSize);
    const more = rest.length > results.length;
    const next = more ? `https://public.example/api/v3/workspaces?after=${results.at(-1)?.id}` : null;
    return { status: 200, body: { count: this.workspaces.length, next, previous: null, results } };
  }

  private createWorkspace({ body, headers }: Received): Reply {
    const idempotency = String(headers['idempotency-key']);
    const known = this.keys.get(idempotency);
    if (known) return known;
    const workspace = { id: this.workspaces.length + 1, name: (body as { name: string }).name };
    this.workspaces.push(workspace);
    const reply = { status: 201, body: workspace };
    this.keys.set(idempotency, reply);
    return reply;
  }

  private take(activities: readonly (ActivityIn | undefined)[]): Reply {
    const rejected = activities.flatMap((activity, index) => {
      if (!activity) return [{ index, code: 'invalid', detail: 'the line is no JSON' }];
      const user = this.userOf(activity);
      const fault = user ? this.refuses(activity) : { code: 'unknown-user', detail: 'no such user' };
      const unique = `${user?.id}/${activity.id}${activity.source ? ` of ${activity.source}` : ''}`;
      if (!fault && !this.activities.has(unique)) this.activities.set(unique, activity);
      return fault ? [{ index, ...fault }] : [];
    });
    const accepted = activities.length - rejected.length;
    return { status: accepted > 0 ? 202 : 422, body: { accepted, rejected } };
  }

  private userOf({ userId, username }: ActivityIn): StoredUser | undefined {
    if (userId === undefined) return this.users.get(key(username ?? ''));
    return [...this.users.values()].find(({ id }) => id === userId);
  }

  private outcome(id: string): Reply {
    const found = this.outcomes.get(id);
    if (!found) return problem(404, 'not-found', 'There is no such command.');
    found.asked += 1;
    return found.asked <= 0 ? { status: 200, body: { status: 'pending' } } : { ...found.reply, status: 200 };
  }
}

/** Of lines, what is no JSON stands as undefined. */
function bodyOf(text: string, type: string | undefined): unknown {
  if (type !== 'application/x-ndjson') return text ? JSON.parse(text) : undefined;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return undefined;
    }
  });
}

export function problem(status: number, code: string, detail: string, more: object = {}): Reply {
  return { status, body: { type: `/problems/${code}`, title: code, status, detail, ...more } };
}

/** For `before`: stands in the way of the first requests of a kind, once each in this order. */
export function firstOf(path: RegExp, ...replies: Reply[]): (request: Received) => Reply | undefined {
  return ({ method, path: asked }) => (path.test(`${method} ${asked}`) ? replies.shift() : undefined);
}
