import { setTimeout as pause } from 'node:timers/promises';
import { type Activity } from './git-activities.js';
import { type ServiceClient } from './service-client.js';

const ASK_EVERY_MS = 100;
const PATIENCE_MS = 30_000;
const USERS = 16;

/**
 * The latest commit that the service has accepted of each of a few users: when their feeds show these, the figures and
 * the next import include this import.
 */
export class LatestTaken {
  private readonly byUser = new Map<number, Activity>();

  add(activity: Activity): void {
    if (activity.userId === undefined) return;
    this.byUser.delete(activity.userId);
    this.byUser.set(activity.userId, activity);
    if (this.byUser.size <= USERS) return;
    for (const oldest of this.byUser.keys()) return void this.byUser.delete(oldest);
  }

  /** Waits until they are shown; false where the views lag for longer than anybody would wait. */
  async shown(client: ServiceClient, patienceMs = PATIENCE_MS): Promise<boolean> {
    const deadline = performance.now() + patienceMs;
    for (const activity of this.byUser.values()) {
      while (!(await isShown(client, activity))) {
        if (performance.now() > deadline) return false;
        await pause(ASK_EVERY_MS);
      }
    }
    return true;
  }
}

interface Shown {
  readonly id: string;
  /** Set where it came from somebody else than an import. */
  readonly source?: string;
}

async function isShown(client: ServiceClient, { id, userId, occurredAt }: Activity): Promise<boolean> {
  const until = new Date(Date.parse(occurredAt) + 1).toISOString();
  const query = new URLSearchParams({ type: 'commit', since: occurredAt, until, limit: '500' });
  const { status, body } = await client.send('GET', `api/v3/users/${userId}/activities?${query}`);
  // Of a user who has been deleted meanwhile nothing is shown any more.
  return status !== 200 || (body as Shown[]).some((shown) => shown.id === id && shown.source === undefined);
}
