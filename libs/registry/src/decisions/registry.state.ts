import { type Rejection } from '#event-sourcing';
import { type Role } from './assignment.decider.js';
import { type Named } from './named.decider.js';
import { type User } from './user.js';

/** How long outcomes and keys are kept, by the log's time. */
export const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * The time up to which decisions have expired where the log's time is this: outcomes of commands, and
 * `Idempotency-Key`s. Whole seconds, so that many records expire together.
 */
export const expiredUpTo = (clock: number) => Math.floor(clock / 1_000) * 1_000 - KEPT_MS;

/** What became of a command: the object it made or changed, or why it was refused. */
export type Verdict = Accepted | Rejection;
export interface Accepted {
  readonly accepted: {
    readonly type: 'user' | 'workspace' | 'group' | 'role';
    /** The object's id; that of the target where a role was assigned or withdrawn. */
    readonly id: number;
    readonly did: 'create' | 'change' | 'delete';
    /** The version that the command made; the last one where it deleted, 0 for what has no versions. */
    readonly version: number;
    /**
     * What it made or changed, as it was then: the answer stays the same whatever happens to it later. Of a user who has
     * been deleted since there is nothing.
     */
    readonly user?: User;
    readonly named?: Named;
    /** The user, in place of `user`, where it comes out of the views. */
    readonly sealed?: SealedUser;
  };
}

/** The id of the key that seals what is personal of a user, in its environment. */
export interface UserKeyId {
  readonly environment: string;
  readonly key: string;
}

/** A user as a command left them, sealed with their key, so that outcomes hold nothing personal in clear. */
export interface SealedUser {
  /** The id of the key. */
  readonly key: string;
  /** In base64. */
  readonly content: string;
}

/** What an environment counts. */
export interface Counters {
  readonly lastUserId: number;
  readonly lastWorkspaceId: number;
  readonly lastGroupId: number;
  /** The newest second that an object id carries, so that they never fall when the broker's clock does. */
  readonly lastObjectSecond: number;
  readonly users: number;
}

const NONE_YET: Counters = { lastUserId: 0, lastWorkspaceId: 0, lastGroupId: 0, lastObjectSecond: 0, users: 0 };

/** The first command that came with an Idempotency-Key, and what became of it. */
export interface KeyedCommand {
  readonly commandId: string;
  readonly bodyHash: string;
  readonly decidedOn: number;
  readonly verdict: Verdict;
}

/** A map that knows what was put into it after it was loaded. Absent is a value too: a deleted user, a free name. */
export class Tracked<Value> {
  private readonly loaded = new Map<string, Value>();
  readonly changes = new Map<string, Value | undefined>();

  load(key: string, value: Value): void {
    this.loaded.set(key, value);
  }

  /** What it was when it was loaded. */
  before(key: string): Value | undefined {
    return this.loaded.get(key);
  }

  get(key: string): Value | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.loaded.get(key);
  }

  set(key: string, value: Value | undefined): void {
    this.changes.set(key, value);
  }

  /** What was added or changed. */
  kept(): { key: string; value: Value }[] {
    return [...this.changes].flatMap(([key, value]) => (value === undefined ? [] : { key, value }));
  }

  /** The keys of what was deleted. */
  gone(): string[] {
    return [...this.changes.keys()].filter((key) => this.changes.get(key) === undefined);
  }
}

/** The key of something in an environment; ids of environments have no slash. */
export const inEnvironment = (environment: string, ...id: (number | string)[]) => [environment, ...id].join('/');

/** Such a key of a user, a workspace or a group, taken apart. */
export function objectIdOf(key: string): { environment: string; id: number } {
  const [environment, id] = key.split('/') as [string, string];
  return { environment, id: Number(id) };
}

/**
 * The part of the registry that a batch of commands touches, held in memory while they are judged one after the
 * other. The fold loads it before and writes it back after. Keys are an environment and an id, or what else names the
 * thing in it.
 */
export class RegistryState {
  readonly counters = new Tracked<Counters>();
  readonly users = new Tracked<User>();
  /** The ids of the keys of deleted users. */
  readonly deletedKeys = new Tracked<string>();
  readonly usernames = new Tracked<number>();
  readonly emails = new Tracked<number>();
  readonly workspaces = new Tracked<Named>();
  readonly groups = new Tracked<Named>();
  /** By target type, target id, holder type and holder id. */
  readonly roles = new Tracked<Role>();
  readonly outcomes = new Tracked<{ environment: string; decidedOn: number; verdict: Verdict }>();
  readonly keyed = new Tracked<KeyedCommand>();
  /** The users' keys that are to be erased. */
  readonly erased = new Map<string, UserKeyId>();
  /** The log's time in this partition, which never falls: the greatest of its records so far. */
  clock = -Infinity;
  clockBefore = -Infinity;

  /** Where the batch begins. */
  startClock(time: number): void {
    this.clock = this.clockBefore = time;
  }

  passTime(time: number): void {
    this.clock = Math.max(this.clock, time);
  }

  /** Whether what was decided then has not expired. */
  keeps(decidedOn: number): boolean {
    return decidedOn > expiredUpTo(this.clock);
  }

  erase(name: UserKeyId): void {
    this.erased.set(inEnvironment(name.environment, name.key), name);
  }

  countersOf(environment: string): Counters {
    return this.counters.get(environment) ?? NONE_YET;
  }

  count(environment: string, change: Partial<Counters>): void {
    this.counters.set(environment, { ...this.countersOf(environment), ...change });
  }
}

/** What of the state is loaded by ids that a command names. */
export type Loaded = 'users' | 'deletedKeys' | 'usernames' | 'emails' | 'workspaces' | 'groups' | 'roles';
