import { Injectable } from '@nestjs/common';
import pMemoize from 'p-memoize';
import { type ActivityOwner } from '#activities';
import { Namespace, notFound, Notifications } from '#platform';
import { Directory } from '#registry';
import { targetKey } from './stream-request.js';

/** A stream that ends when its user, or its workspace, is deleted. */
interface Watched {
  readonly target: ActivityOwner;
  readonly end: () => void;
  /** True once that has been deleted since the watch began. */
  gone: boolean;
  stop(): void;
}

/** Ends the streams of deleted users and workspaces. */
@Injectable()
export class DeletionWatch {
  private readonly watched = new Map<string, Set<Watched>>();

  constructor(
    private readonly directory: Directory,
    private readonly notifications: Notifications,
    private readonly namespace: Namespace,
  ) {}

  // Each once it is listened to: one that failed is tried again, the other not.
  private readonly hearOfWorkspaces = pMemoize(() => {
    const deleted = (workspace: string) => this.deleted(workspaceKey(workspace));
    return this.notifications.listen(this.namespace.channel('deleted_workspaces'), deleted, () => undefined);
  });
  private readonly hearOfUsers = pMemoize(() => {
    const deleted = (user: string) => this.deleted(user);
    return this.notifications.listen(this.namespace.channel('deleted_users'), deleted, () => void this.checkAll());
  });

  /** Call it before `requireTarget`, so that no deletion is missed in between. */
  watch(target: ActivityOwner, end: () => void): Readonly<Watched> {
    const key = targetKey(target);
    const watched: Watched = { target, end, gone: false, stop: () => this.forget(key, watched) };
    this.watched.set(key, (this.watched.get(key) ?? new Set()).add(watched));
    return watched;
  }

  /** Resolves when deletions are heard of; throws `not-found` for a user or a workspace that is not there. */
  async requireTarget(target: ActivityOwner): Promise<void> {
    await this.hearOfWorkspaces();
    await this.hearOfUsers();
    const { environment, userId, workspaceId } = target;
    if (userId !== undefined && !(await this.directory.hasUser(environment, userId))) throw gone(target);
    if (workspaceId === undefined) return;
    if (!(await this.directory.workspaceIds(environment, [workspaceId])).has(workspaceId)) throw gone(target);
  }

  get count(): number {
    return this.watched.size;
  }

  private forget(key: string, watched: Watched): void {
    const ofUser = this.watched.get(key);
    if (ofUser?.delete(watched) && ofUser.size === 0) this.watched.delete(key);
  }

  private deleted(key: string): void {
    for (const watched of this.watched.get(key) ?? []) {
      watched.gone = true;
      watched.end();
    }
  }

  /** Checks all after notifications may have been lost. If that fails, all streams end: clients that return are checked again. */
  private async checkAll(): Promise<void> {
    const targets = [...this.watched.values()].map(([watched]) => watched!.target);
    for (const [environment, all] of Map.groupBy(targets, ({ environment }) => environment)) {
      const present = await this.present(environment, all).catch(() => new Set<string>());
      for (const key of all.map(targetKey)) if (key !== environment && !present.has(key)) this.deleted(key);
    }
  }

  /** The keys of those users and workspaces of an environment that are there. */
  private async present(environment: string, targets: readonly ActivityOwner[]): Promise<Set<string>> {
    const users = targets.flatMap(({ userId }) => (userId === undefined ? [] : { userId }));
    const workspaces = targets.flatMap(({ workspaceId }) => workspaceId ?? []);
    const userIds = await this.directory.userIds(environment, users);
    const workspaceIds = await this.directory.workspaceIds(environment, workspaces);
    return new Set([
      ...userIds.flatMap((userId) => (userId === undefined ? [] : targetKey({ environment, userId }))),
      ...[...workspaceIds].map((workspaceId) => targetKey({ environment, workspaceId })),
    ]);
  }
}

/** Of a workspace as its deletion is announced. */
function workspaceKey(announced: string): string {
  const [environment = '', id] = announced.split('/');
  return targetKey({ environment, workspaceId: Number(id) });
}

/** What is said of a target that is not there, or not any more. */
export const gone = ({ userId }: ActivityOwner) => notFound(userId === undefined ? 'workspace' : 'user');
