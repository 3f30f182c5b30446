import { type Namespace, type Notifications } from '#platform';
import { type Directory } from '#registry';
import { type Audience, audienceKey } from './audience.js';

/** Something that has to end when its user is deleted. */
export interface Watch {
  /** True when the user has been deleted since the watch began. */
  readonly gone: boolean;
  stop(): void;
}

interface Watched {
  readonly audience: Audience;
  readonly end: () => void;
  gone: boolean;
}

/** Tells the streams of users when their user is deleted. */
export class Departures {
  private readonly watched = new Map<string, Set<Watched>>();
  private listening: Promise<void> | undefined;

  constructor(
    private readonly directory: Directory,
    private readonly notifications: Notifications,
    private readonly namespace: Namespace,
  ) {}

  /** Resolves when deletions are heard of. */
  ready(): Promise<void> {
    const channel = this.namespace.channel('deleted_users');
    this.listening ??= this.notifications
      .listen(
        channel,
        (user) => this.announce(user),
        () => void this.look(),
      )
      .catch((error: unknown) => {
        this.listening = undefined;
        throw error;
      });
    return this.listening;
  }

  /** Watch first and look whether the user exists afterwards: then no deletion falls in between. */
  watch(audience: Audience, end: () => void): Watch {
    const key = audienceKey(audience);
    const watched: Watched = { audience, end, gone: false };
    this.watched.set(key, (this.watched.get(key) ?? new Set()).add(watched));
    return {
      get gone() {
        return watched.gone;
      },
      stop: () => this.forget(key, watched),
    };
  }

  get count(): number {
    return this.watched.size;
  }

  private forget(key: string, watched: Watched): void {
    const ofUser = this.watched.get(key);
    if (ofUser?.delete(watched) && ofUser.size === 0) this.watched.delete(key);
  }

  private announce(key: string): void {
    for (const watched of this.watched.get(key) ?? []) {
      watched.gone = true;
      watched.end();
    }
  }

  /** After a time without announcements. Where even that fails, all end: whoever comes back is checked anew. */
  private async look(): Promise<void> {
    const audiences = [...this.watched.values()].flatMap((ofUser) => [...ofUser].map(({ audience }) => audience));
    const byEnvironment = Map.groupBy(audiences, ({ environment }) => environment);
    for (const [environment, users] of byEnvironment) {
      const references = users.flatMap(({ userId }) => (userId === undefined ? [] : [{ userId }]));
      const ids = await this.directory.userIds(environment, references).catch(() => []);
      const present = new Set(ids);
      for (const { userId } of references) {
        if (!present.has(userId)) this.announce(audienceKey({ environment, userId }));
      }
    }
  }
}
