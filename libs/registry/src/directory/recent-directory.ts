import { LRUCache } from 'lru-cache';
import { Lookups } from '#platform';
import { type Directory, type UserReference } from './directory.js';

/** How old an answer that something exists may be, in milliseconds from when it was asked for. */
export const BELIEVED_MS = 900;
/** How many ids are kept at most. */
const MOST = 100_000;

type Id = number | undefined;

/**
 * The `Directory` for what names many users a second: ids that existed within the last second are believed to exist
 * still, since they are never given to anybody else. Whatever is not known is asked for, so that a user created a moment
 * ago is there, on every instance; usernames are asked for each time, since they change hands.
 */
export class RecentDirectory {
  private readonly users: RecentIds<UserReference>;
  private readonly workspaces: RecentIds<number>;

  constructor(
    private readonly directory: Directory,
    clock: Clock = performance,
  ) {
    this.users = new RecentIds(stableKey, (environment, asked) => directory.userIds(environment, asked), clock);
    this.workspaces = new RecentIds<number>(
      String,
      (environment, asked) => existing(directory, environment, asked),
      clock,
    );
  }

  /** The greatest integer id that a user of the environment ever had. */
  lastUserId(environment: string): Promise<number> {
    return this.directory.lastUserId(environment);
  }

  /** The integer id of each user that is named, in the same order; undefined where there is none. */
  userIds(environment: string, references: readonly UserReference[]): Promise<Id[]> {
    return this.users.find(environment, references);
  }

  /** Each of these workspaces that exists, in the same order; undefined where there is none. */
  workspaceIds(environment: string, ids: readonly number[]): Promise<Id[]> {
    return this.workspaces.find(environment, ids);
  }
}

/** An integer id or an object id, which never name somebody else. */
function stableKey(reference: UserReference): string | undefined {
  if ('userId' in reference) return String(reference.userId);
  return 'objectId' in reference ? reference.objectId : undefined;
}

async function existing(directory: Directory, environment: string, ids: readonly number[]): Promise<Id[]> {
  const known = await directory.workspaceIds(environment, ids);
  return ids.map((id) => (known.has(id) ? id : undefined));
}

type Clock = Pick<Performance, 'now'>;

interface Asked<Reference> {
  readonly environment: string;
  readonly reference: Reference;
}

/** Who existed a moment ago, one environment apart from the other. */
class RecentIds<Reference> {
  private readonly known: LRUCache<string, number>;
  private readonly lookups = new Lookups((asked: readonly Asked<Reference>[]) => this.load(asked));

  constructor(
    /** What a reference is known by; nothing where it may name somebody else tomorrow. */
    private readonly keyOf: (reference: Reference) => string | undefined,
    private readonly ask: (environment: string, references: Reference[]) => Promise<Id[]>,
    private readonly clock: Clock,
  ) {
    this.known = new LRUCache({ max: MOST, ttl: BELIEVED_MS, ttlResolution: 0, perf: clock });
  }

  find(environment: string, references: readonly Reference[]): Promise<Id[]> {
    return Promise.all(references.map((reference) => this.findOne(environment, reference)));
  }

  private async findOne(environment: string, reference: Reference): Promise<Id> {
    const key = this.keyOf(reference);
    const known = key === undefined ? undefined : this.known.get(`${environment}/${key}`);
    return known ?? this.lookups.find({ environment, reference });
  }

  /** One statement an environment for all who ask at the same time. */
  private async load(asked: readonly Asked<Reference>[]): Promise<Id[]> {
    const start = this.clock.now();
    const ids = new Map<Asked<Reference>, Id>();
    const loadOf = async (environment: string, group: Asked<Reference>[]) => {
      const references = group.map(({ reference }) => reference);
      for (const [at, id] of (await this.ask(environment, references)).entries()) {
        ids.set(group[at]!, id);
        const key = this.keyOf(references[at]!);
        if (id !== undefined && key !== undefined) this.known.set(`${environment}/${key}`, id, { start });
      }
    };
    await Promise.all([...Map.groupBy(asked, ({ environment }) => environment)].map((group) => loadOf(...group)));
    return asked.map((one) => ids.get(one));
  }
}
