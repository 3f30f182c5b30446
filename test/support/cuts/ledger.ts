/** An activity as it was sent. */
export interface Sent {
  readonly environment: string;
  readonly id: string;
  readonly userId: number;
  readonly workspaceId: number;
  readonly type: string;
}

/** Whose activities a client wants. */
export interface Wanted {
  readonly environment: string;
  readonly userId?: number;
  readonly workspaceId?: number;
  readonly type?: string;
}

/** What was sent, and what of it was acknowledged, without a look at how the service does it. */
export class Ledger {
  readonly acknowledged = new Set<Sent>();
  private readonly sent = new Map<string, Sent>();

  note(activities: readonly Sent[]): void {
    for (const activity of activities) this.sent.set(keyOf(activity), activity);
  }

  acknowledge(activities: readonly Sent[]): void {
    for (const activity of activities) this.acknowledged.add(activity);
  }

  find(environment: string, id: string): Sent | undefined {
    return this.sent.get(keyOf({ environment, id }));
  }

  /** What a client must have been shown in the end. */
  due(wanted: Wanted): Sent[] {
    return [...this.acknowledged].filter((activity) => isWanted(activity, wanted));
  }
}

// Users of two environments have the same ids, and so have their activities.
const keyOf = ({ environment, id }: Pick<Sent, 'environment' | 'id'>) => `${environment} ${id}`;

function isWanted(sent: Sent, { environment, userId, workspaceId, type }: Wanted): boolean {
  return (
    sent.environment === environment &&
    sent.userId === (userId ?? sent.userId) &&
    sent.workspaceId === (workspaceId ?? sent.workspaceId) &&
    sent.type === (type ?? sent.type)
  );
}

/** What a client was shown. */
export class Account {
  twice = 0;
  /** Of another user, workspace, type or environment, or of nobody. */
  foreign = 0;
  readonly wanted: Wanted;
  private readonly seen = new Set<Sent>();
  private readonly ledger: Ledger;

  constructor(ledger: Ledger, wanted: Wanted) {
    this.ledger = ledger;
    this.wanted = wanted;
  }

  /** @param json an activity as a stream shows it; its data say which environment it was sent to. */
  take(json: string): void {
    const { id, userId, data } = JSON.parse(json) as { id: string; userId: number; data: { environment: string } };
    const sent = this.ledger.find(data.environment, id);
    if (!sent || sent.userId !== userId || !isWanted(sent, this.wanted)) this.foreign += 1;
    else if (this.seen.has(sent)) this.twice += 1;
    else this.seen.add(sent);
  }

  get deliveries(): number {
    return this.seen.size;
  }

  /** How many of these were not shown. */
  missing(due: readonly Sent[]): number {
    return due.filter((activity) => !this.seen.has(activity)).length;
  }
}
