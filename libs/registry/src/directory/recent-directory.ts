import pMemoize from 'p-memoize';
import { type Namespace, type Notifications } from '#platform';
import { type Directory, type UserReference } from './directory.js';
import { type Id, KnownIds } from './known-ids.js';

/** How old the word may be that what is known still exists, in milliseconds from when it was asked for. */
export const BELIEVED_MS = 900;

type Clock = Pick<Performance, 'now'>;

/**
 * The `Directory` for what names many users and workspaces a second: what existed is believed to exist still until its deletion
 * is announced, since ids are never given to anybody else. An announcement may be late or lost, so once in less than a second it
 * is made sure that all of them were heard; what was not made sure is not believed. Whatever is not known is asked for, so that a
 * user created a moment ago is there, on every instance; usernames are asked for each time, since they change hands.
 */
export class RecentDirectory {
  private readonly users: KnownIds<UserReference>;
  private readonly workspaces: KnownIds<number>;
  private sureAt = -Infinity;
  private makingSure: Promise<void> | undefined;
  private generation: number | undefined;

  constructor(
    private readonly directory: Directory,
    private readonly notifications: Pick<Notifications, 'listen' | 'hearAll'>,
    private readonly namespace: Namespace,
    private readonly clock: Clock = performance,
  ) {
    this.users = new KnownIds(stableKey, (environment, asked) => directory.userIds(environment, asked));
    this.workspaces = new KnownIds(
      (id) => id,
      (environment, asked) => existing(directory, environment, asked),
    );
  }

  /** The greatest integer id that a user of the environment ever had. */
  lastUserId(environment: string): Promise<number> {
    return this.directory.lastUserId(environment);
  }

  /** The integer id of each user that is named, in the same order; undefined where there is none. */
  userIds(environment: string, references: readonly UserReference[]): Promise<Id[]> {
    return this.users.find(environment, references, this.isSure());
  }

  /** Each of these workspaces that exists, in the same order; undefined where there is none. */
  workspaceIds(environment: string, ids: readonly number[]): Promise<Id[]> {
    return this.workspaces.find(environment, ids, this.isSure());
  }

  /** Whether what is known may be believed. Makes sure of it ahead of time, so that while requests come nobody finds it too old. */
  private isSure(): boolean {
    const age = this.clock.now() - this.sureAt;
    if (age > BELIEVED_MS / 2) this.makingSure ??= this.makeSure().finally(() => (this.makingSure = undefined));
    return age <= BELIEVED_MS;
  }

  // Each for itself: where one of them fails, the other must not be heard twice after the next try.
  private readonly listen = pMemoize((kind: 'users' | 'workspaces') =>
    this.notifications.listen(
      this.namespace.channel(`deleted_${kind}`),
      (deleted) => forget(this[kind], deleted),
      () => this[kind].forgetAll(),
    ),
  );

  /** That every deletion up to now was heard, and that the views are the ones in which all this was found. */
  private async makeSure(): Promise<void> {
    const now = this.clock.now();
    try {
      await this.listen('users');
      await this.listen('workspaces');
      const [generation] = await Promise.all([this.directory.generation(), this.notifications.hearAll()]);
      // The first time, too: nobody listened when the first were found.
      if (generation !== this.generation) {
        this.users.forgetAll();
        this.workspaces.forgetAll();
      }
      this.generation = generation;
      this.sureAt = now;
    } catch {
      // Nothing is believed until it works, and whoever asks hears what is wrong with Postgres.
    }
  }
}

/** `deleted` is what was announced: the environment and the id, with a slash between them. */
function forget(known: Pick<KnownIds<never>, 'forget'>, deleted: string): void {
  const slash = deleted.indexOf('/');
  known.forget(deleted.slice(0, slash), Number(deleted.slice(slash + 1)));
}

/** An integer id or an object id, which never name somebody else. */
function stableKey(reference: UserReference): number | string | undefined {
  if ('userId' in reference) return reference.userId;
  return 'objectId' in reference ? reference.objectId : undefined;
}

async function existing(directory: Directory, environment: string, ids: readonly number[]): Promise<Id[]> {
  const known = await directory.workspaceIds(environment, ids);
  return ids.map((id) => (known.has(id) ? id : undefined));
}
