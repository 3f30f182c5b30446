import { setTimeout as pause } from 'node:timers/promises';
import { activityOf, USERS, WORKSPACES } from './model.ts';

/** Where the interface is, and a token for the environment that everything goes to. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

const A_REQUEST = 50;
const EVERY_MS = 50;
/** Every tenth activity is one of some time ago, again. */
const AGAIN = 10;
const AGO = 400;

/** Sends numbered activities until it is stopped, and knows which were acknowledged. */
export class Load {
  readonly acknowledged = new Set<number>();
  private stopping = false;
  private readonly target: Target;
  private readonly sending: Promise<void>;

  constructor(target: Target) {
    this.target = target;
    this.sending = this.send();
    this.sending.catch(() => undefined);
  }

  /** Resolves when all that was sent is acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.sending;
  }

  private async send(): Promise<void> {
    for (let next = 0; !this.stopping; next += A_REQUEST) {
      const numbers = Array.from({ length: A_REQUEST }, (_, at) =>
        at % AGAIN === 0 && next >= AGO ? next + at - AGO : next + at,
      );
      const { accepted } = (await call(this.target, 'POST', 'activities', numbers.map(activityOf))) as {
        accepted: number;
      };
      if (accepted !== A_REQUEST) throw new Error(`${accepted} of ${A_REQUEST} were accepted`);
      for (const number of numbers) this.acknowledged.add(number);
      await pause(EVERY_MS);
    }
  }
}

/** The users and workspaces that the activities name. */
export async function register(target: Target): Promise<void> {
  for (let user = 1; user <= USERS; user += 1) {
    await call(target, 'POST', 'users', { username: `user-${user}`, email: `user-${user}@example.com` });
  }
  for (let space = 1; space <= WORKSPACES; space += 1) await call(target, 'POST', 'workspaces', { name: `W${space}` });
}

/** The answer of a call that must succeed. */
export async function call({ url, token }: Target, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${url}/api/v3/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
