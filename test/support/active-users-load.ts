import { eventually } from './eventually.ts';
import type { Client } from './service.ts';

/** Activities between one that is of a user who is new to the figures and the next. */
const PER_NEW_USER = 10;
const HOUR_MS = 3_600_000;
const WINDOWS = ['1h', '1d'] as const;

type Figures = Record<(typeof WINDOWS)[number], number>;

/**
 * Activities of ever more users of some environments, who also ask all the while who is active: of each answer it is checked that it is no
 * less than one before it and no more than what was sent.
 */
export class ActiveUsersLoad {
  /** Where answers came from. */
  readonly sources = new Set<string>();
  private readonly clients: readonly Client[];
  private readonly sent: readonly Set<number>[];
  private readonly told: readonly Figures[];
  private limit = 0;
  private sendings = 0;
  private rounds = 0;
  private goesOn = true;
  private running: Promise<unknown> = Promise.resolve();

  constructor(clients: readonly Client[]) {
    this.clients = clients;
    this.sent = clients.map(() => new Set());
    this.told = clients.map(() => ({ '1h': 0, '1d': 0 }));
  }

  /** Registers the users of each environment, 1 to `users`, and begins. */
  async start(users: number): Promise<void> {
    const numbers = Array.from({ length: users }, (_, n) => n);
    const register = async (client: Client) => {
      for (const n of numbers) {
        const { status } = await client('POST', '/api/v3/users', { username: `u${n}`, email: `u${n}@example.com` });
        if (status !== 201) throw new Error(`a user was answered with ${status}`);
      }
    };
    await Promise.all(this.clients.map(register));
    this.running = Promise.all([this.repeat(() => this.send()), this.repeat(() => this.ask())]);
    // Told by whoever waits for it next.
    this.running.catch(() => undefined);
  }

  /** Resolves when so many more users of each environment have been active: their activities are taken. */
  async more(users: number): Promise<void> {
    this.limit += users;
    await this.orFailed(eventually(() => this.requireSent(this.limit)));
  }

  /** Resolves when all environments have been asked from beginning to end since. */
  async asked(): Promise<void> {
    const from = this.rounds;
    const look = () => {
      if (this.rounds < from + 2) throw new Error('not all were asked');
    };
    await this.orFailed(eventually(look));
  }

  /** Resolves when all answers come from Redis, or from Postgres, and are what was sent. */
  async settled(source: 'redis' | 'postgres'): Promise<void> {
    const expected = this.sent.map(modelOf);
    const look = async () => {
      const answers = await Promise.all(this.clients.map((client) => figuresOf(client)));
      const found = JSON.stringify(answers.map(({ figures }) => figures));
      const wanted = JSON.stringify(expected);
      if (found !== wanted) throw new Error(`figures ${found}, where ${wanted} were sent`);
      const sources = answers.flatMap((answer) => answer.sources);
      if (sources.some((one) => one !== source)) throw new Error(`figures come from ${sources.join(', ')}`);
    };
    await this.orFailed(eventually(look));
  }

  async stop(): Promise<void> {
    this.goesOn = false;
    await this.running;
  }

  private requireSent(users: number): void {
    if (this.sent.some(({ size }) => size < users)) throw new Error(`${this.sendings} activities were sent`);
  }

  /** What this waits for, unless the load has failed. */
  private orFailed<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.running.then(() => work)]);
  }

  private async repeat(step: () => Promise<void>): Promise<void> {
    while (this.goesOn) await step();
  }

  /** One of each environment: each time of somebody else among those who may be active by now. */
  private async send(): Promise<void> {
    this.sendings += 1;
    const active = Math.min(this.limit, 1 + Math.floor(this.sendings / PER_NEW_USER), this.smallest + 1);
    if (active === 0) return void (await new Promise(setImmediate));
    const user = 1 + (this.sendings % PER_NEW_USER === 0 ? active - 1 : this.sendings % active);
    await Promise.all(this.clients.map((client, n) => this.sendOne(client, n, user)));
  }

  private get smallest(): number {
    return Math.min(...this.sent.map(({ size }) => size));
  }

  private async sendOne(client: Client, environment: number, userId: number): Promise<void> {
    this.sent[environment]!.add(userId);
    const occurredAt = new Date(Date.now() - (isLongAgo(userId) ? 2 * HOUR_MS : 0)).toISOString();
    const { status } = await client('POST', '/api/v3/activities', { userId, type: 'step', occurredAt });
    if (status !== 202) throw new Error(`an activity was answered with ${status}`);
  }

  private async ask(): Promise<void> {
    for (const [n, client] of this.clients.entries()) {
      const { figures, sources } = await figuresOf(client);
      for (const source of sources) this.sources.add(source);
      const most = modelOf(this.sent[n]!);
      for (const window of WINDOWS) {
        const [least, found] = [this.told[n]![window], figures[window]];
        if (found < least || found > most[window]) {
          throw new Error(`${found} active in ${window} by ${sources.join()}, not from ${least} to ${most[window]}`);
        }
        this.told[n]![window] = found;
      }
    }
    this.rounds += 1;
  }
}

/** A third of the users is seen in the longer window alone. */
const isLongAgo = (user: number) => user % 3 === 0;

function modelOf(sent: ReadonlySet<number>): Figures {
  return { '1h': [...sent].filter((user) => !isLongAgo(user)).length, '1d': sent.size };
}

async function figuresOf(client: Client): Promise<{ figures: Figures; sources: string[] }> {
  const ask = async (window: string) => client('GET', `/api/v3/statistics/active-users?window=${window}`);
  const [hour, day] = await Promise.all([ask('1h'), ask('1d')]);
  for (const { status, body } of [hour, day]) {
    if (status !== 200) throw new Error(`figures were answered with ${status}: ${JSON.stringify(body)}`);
  }
  const figures = { '1h': hour.body.activeUsers as number, '1d': day.body.activeUsers as number };
  return { figures, sources: [hour, day].map(({ headers }) => headers.get('tidemark-source')!) };
}
