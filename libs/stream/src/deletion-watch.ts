import pMemoize from 'p-memoize';
import { type Namespace, type Notifications } from '#platform';
import { type Directory } from '#registry';
import { type StreamTarget, targetKey } from './stream-target.js';

/** A stream that ends when its user is deleted. */
interface Watched {
  readonly target: StreamTarget;
  readonly end: () => void;
  /** True once the user has been deleted since the watch began. */
  gone: boolean;
  stop(): void;
}

/** Ends the streams of deleted users. */
export class DeletionWatch {
  private readonly watched = new Map<string, Set<Watched>>();

  constructor(
    private readonly directory: Directory,
    private readonly notifications: Notifications,
    private readonly namespace: Namespace,
  ) {}

  /** Resolves once notifications of deletions are being received. */
  readonly ready = pMemoize(() =>
    this.notifications.listen(
      this.namespace.channel('deleted_users'),
      (user) => this.userDeleted(user),
      () => void this.checkAll(),
    ),
  );

  /** Call it before checking that the user exists, so that no deletion is missed in between. */
  watch(target: StreamTarget, end: () => void): Readonly<Watched> {
    const key = targetKey(target);
    const watched: Watched = { target, end, gone: false, stop: () => this.forget(key, watched) };
    this.watched.set(key, (this.watched.get(key) ?? new Set()).add(watched));
    return watched;
  }

  get count(): number {
    return this.watched.size;
  }

  private forget(key: string, watched: Watched): void {
    const ofUser = this.watched.get(key);
    if (ofUser?.delete(watched) && ofUser.size === 0) this.watched.delete(key);
  }

  private userDeleted(key: string): void {
    for (const watched of this.watched.get(key) ?? []) {
      watched.gone = true;
      watched.end();
    }
  }

  /** Checks all users after notifications may have been lost. If that fails, all streams end: clients that return are checked again. */
  private async checkAll(): Promise<void> {
    const targets = [...this.watched.values()].flatMap((ofUser) => [...ofUser].map(({ target }) => target));
    const byEnvironment = Map.groupBy(targets, ({ environment }) => environment);
    for (const [environment, users] of byEnvironment) {
      const references = users.flatMap(({ userId }) => (userId === undefined ? [] : [{ userId }]));
      const ids = await this.directory.userIds(environment, references).catch(() => []);
      const present = new Set(ids);
      for (const { userId } of references) {
        if (!present.has(userId)) this.userDeleted(targetKey({ environment, userId }));
      }
    }
  }
}
