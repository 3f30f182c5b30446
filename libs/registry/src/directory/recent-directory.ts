import { Lookups } from '#platform';
import { type Directory, type UserReference } from './directory.js';

/** How old an answer that something exists may be, in milliseconds from when it was asked for. */
export const BELIEVED_MS = 900;
/** How many ids are kept at most; beyond that all are dropped and asked for again. */
const MOST = 100_000;

interface Existing {
  readonly id: number;
  /** Milliseconds since the process began. */
  readonly until: number;
}

interface Asked<Reference> {
  readonly environment: string;
  readonly references: readonly Reference[];
}

type Answer = (number | undefined)[];

/**
 * The `Directory` for what names many users a second: ids that existed within the last second are believed to exist
 * still, since they are never given to anybody else. Whatever is not known is asked for, so that a user created a moment
 * ago is there, on every instance; usernames are asked for each time, since they change hands.
 */
export class RecentDirectory {
  private readonly users: ExistingIds<UserReference>;
  private readonly workspaces: ExistingIds<number>;

  constructor(
    private readonly directory: Directory,
    now = () => performance.now(),
  ) {
    this.users = new ExistingIds(
      stableKey,
      (environment, references) => directory.userIds(environment, references),
      now,
    );
    this.workspaces = new ExistingIds(
      (id) => id,
      async (environment, ids) => {
        const existing = await directory.workspaceIds(environment, ids);
        return ids.map((id) => (existing.has(id) ? id : undefined));
      },
      now,
    );
  }

  /** The greatest integer id that a user of the environment ever had. */
  lastUserId(environment: string): Promise<number> {
    return this.directory.lastUserId(environment);
  }

  /** The integer id of each user that is named, in the same order; undefined where there is none. */
  userIds(environment: string, references: readonly UserReference[]): Promise<Answer> {
    return this.users.find(environment, references);
  }

  /** Each of these workspaces that exists, in the same order; undefined where there is none. */
  workspaceIds(environment: string, ids: readonly number[]): Promise<Answer> {
    return this.workspaces.find(environment, ids);
  }
}

/** An integer id or an object id, which never name somebody else. */
function stableKey(reference: UserReference): number | string | undefined {
  if ('userId' in reference) return reference.userId;
  return 'objectId' in reference ? reference.objectId : undefined;
}

/** Who existed a moment ago, one environment apart from the other. */
class ExistingIds<Reference> {
  /** By environment and key. */
  private readonly known = new Map<string, Existing>();
  private readonly lookups: Lookups<Asked<Reference>, Answer>;

  constructor(
    /** The key that a reference is kept under; none where it may name somebody else tomorrow. */
    private readonly keyOf: (reference: Reference) => number | string | undefined,
    private readonly load: (environment: string, references: Reference[]) => Promise<Answer>,
    private readonly now: () => number,
  ) {
    this.lookups = new Lookups((asked) => this.loadAll(asked));
  }

  async find(environment: string, references: readonly Reference[]): Promise<Answer> {
    const found = this.findKept(environment, references);
    const missing = references.filter((_, at) => found[at] === undefined);
    if (missing.length === 0) return found;
    const loaded = (await this.lookups.find({ environment, references: missing })).values();
    return found.map((id) => id ?? loaded.next().value);
  }

  private findKept(environment: string, references: readonly Reference[]): Answer {
    const now = this.now();
    return references.map((reference) => {
      const key = this.keyOf(reference);
      const existing = key === undefined ? undefined : this.known.get(`${environment}/${key}`);
      return existing !== undefined && now < existing.until ? existing.id : undefined;
    });
  }

  /** One statement an environment for all who ask at the same time. */
  private async loadAll(asked: readonly Asked<Reference>[]): Promise<Answer[]> {
    const answers = new Map<Asked<Reference>, Answer>();
    const byEnvironment = [...Map.groupBy(asked, ({ environment }) => environment)];
    await Promise.all(
      byEnvironment.map(async ([environment, group]) => {
        const references = group.flatMap((one) => one.references);
        const until = this.now() + BELIEVED_MS;
        const ids = await this.load(environment, references);
        this.keep(environment, references, ids, until);
        let from = 0;
        for (const one of group) answers.set(one, ids.slice(from, (from += one.references.length)));
      }),
    );
    return asked.map((one) => answers.get(one)!);
  }

  private keep(environment: string, references: readonly Reference[], ids: Answer, until: number): void {
    for (const [at, reference] of references.entries()) {
      const key = this.keyOf(reference);
      const id = ids[at];
      if (key === undefined || id === undefined) continue;
      if (this.known.size >= MOST) this.known.clear();
      this.known.set(`${environment}/${key}`, { id, until });
    }
  }
}
