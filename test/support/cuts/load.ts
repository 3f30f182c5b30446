import { setTimeout as pause } from 'node:timers/promises';
import { type Target, read, registerUsers } from '../activity-sender.ts';
import type { Ledger, Sent } from './ledger.ts';

export const TYPES = ['read', 'edit', 'share'];
const A_REQUEST = 20;
/** Every so many requests are of a while ago, again. */
const AGAIN = 8;

/** The users and workspaces of an environment. */
export interface Population {
  readonly users: number;
  readonly workspaces: number;
}

/** Numbered activities of one environment, from when it starts until it is stopped. */
export class Load {
  private readonly environment: string;
  private readonly target: Target;
  private readonly population: Population;
  private readonly everyMs: number;
  private readonly ledger: Ledger;
  private stopping = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(given: { environment: string; target: Target; population: Population; everyMs: number; ledger: Ledger }) {
    this.environment = given.environment;
    this.target = given.target;
    this.population = given.population;
    this.everyMs = given.everyMs;
    this.ledger = given.ledger;
  }

  async register(): Promise<void> {
    const { users, workspaces } = this.population;
    await registerUsers(this.target, users);
    for (let n = 1; n <= workspaces; n += 1) await read(this.target, 'workspaces', { name: `W${n}` });
  }

  start(): void {
    this.sending = this.send();
    this.sending.catch(() => undefined);
  }

  /** Resolves when all that was sent is acknowledged; rejects where something was not. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.sending;
  }

  private async send(): Promise<void> {
    let before: Sent[] = [];
    for (let request = 0; !this.stopping; request += 1) {
      const isNew = request % AGAIN !== AGAIN - 1;
      const activities = isNew ? this.next(request * A_REQUEST) : before;
      this.ledger.note(activities);
      const body = activities.map(({ environment, ...activity }) => ({ ...activity, data: { environment } }));
      const { accepted } = (await read(this.target, 'activities', body)) as { accepted: number };
      if (accepted !== activities.length) throw new Error(`${accepted} of ${activities.length} were accepted`);
      this.ledger.acknowledge(activities);
      before = activities;
      await pause(this.everyMs);
    }
  }

  private next(from: number): Sent[] {
    const { users, workspaces } = this.population;
    return Array.from({ length: A_REQUEST }, (_, at) => {
      const n = from + at;
      const place = { userId: 1 + (n % users), workspaceId: 1 + ((n * 7) % workspaces) };
      return { environment: this.environment, id: `a${n}`, ...place, type: TYPES[n % TYPES.length]! };
    });
  }
}
