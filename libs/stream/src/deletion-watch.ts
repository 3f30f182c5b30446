import { Injectable } from '@nestjs/common';
import pMemoize from 'p-memoize';
import { type ActivityOwner } from '#activities';
import { Namespace, notFound, Notifications } from '#platform';
import { Directory } from '#registry';
import { targetKey } from './stream-request.js';

/** A stream that ends when its user is deleted. */
interface Watched {
  readonly target: ActivityOwner;
  readonly end: () => void;
  /** True once the user has been deleted since the watch began. */
  gone: boolean;
  stop(): void;
}

/** Ends the streams of deleted users. */
@Injectable()
export class DeletionWatch {
  private readonly watched = new Map<string, Set<Watched>>();

  constructor(
    private readonly directory: Directory,
    private readonly notifications: Notifications,
    private readonly namespace: Namespace,
  ) {}

  /** Once notifications of deletions are being received. */
  private readonly ready = pMemoize(() =>
    this.notifications.listen(
      this.namespace.channel('deleted_users'),
      (user) => this.userDeleted(user),
      () => void this.checkAll(),
    ),
  );

  /** Call it before `requireUser`, so that no deletion is missed in between. */
  watch(target: ActivityOwner, end: () => void): Readonly<Watched> {
    const key = targetKey(target);
    const watched: Watched = { target, end, gone: false, stop: () => this.forget(key, watched) };
    this.watched.set(key, (this.watched.get(key) ?? new Set()).add(watched));
    return watched;
  }

  /** Resolves when deletions are heard of; throws `not-found` for a user who is not there. */
  async requireUser({ environment, userId }: ActivityOwner): Promise<void> {
    await this.ready();
    if (userId !== undefined && !(await this.directory.hasUser(environment, userId))) throw notFound('user');
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
