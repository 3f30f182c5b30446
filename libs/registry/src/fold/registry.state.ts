import { createHash } from 'node:crypto';
import { isRejection, type Rejection } from '#event-sourcing';
import { type User } from '../users/domain/user.js';
import { type Timed, userDecider, type UserState } from '../users/domain/user.decider.js';
import { type UserCommand } from '../users/domain/user.commands.js';
import { type Workspace, type WorkspaceCommand, workspaceDecider } from '../workspaces/domain/workspace.decider.js';
import { type CommandRecord, type Idempotency } from './registry.record.js';

/** What became of a command: the object it made or changed, or why it was refused. */
export type Verdict = Accepted | Rejection;
export interface Accepted {
  readonly accepted: {
    readonly type: 'user' | 'workspace';
    readonly id: number;
    readonly did: 'create' | 'change' | 'delete';
    /** The version that the command made; the last one where it deleted. */
    readonly version: number;
  };
}

/** What an environment counts. */
export interface Counters {
  lastUserId: number;
  lastWorkspaceId: number;
  /** The newest second that an object id carries, so that they never fall when the broker's clock does. */
  lastObjectSecond: number;
  users: number;
}

/** The first command that came with an Idempotency-Key, and what became of it. */
export interface KeyedCommand {
  readonly commandId: string;
  readonly bodyHash: string;
  readonly decidedOn: number;
  readonly verdict: Verdict;
}

const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** A map that knows what was put into it after it was loaded. Absent is a value too: a deleted user, a free name. */
export class Tracked<Value> {
  private readonly values = new Map<string, Value | undefined>();
  readonly changes = new Map<string, Value | undefined>();

  load(key: string, value: Value): void {
    this.values.set(key, value);
  }

  get(key: string): Value | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Value | undefined): void {
    this.values.set(key, value);
    this.changes.set(key, value);
  }
}

/** The key of something in an environment; ids of environments have no slash. */
export const inEnvironment = (environment: string, id: number | string) => `${environment}/${id}`;

/**
 * The part of the registry that a batch of commands touches, held in memory while they are judged one after the
 * other. It is loaded before and written back after by `registry.rows.ts`.
 */
export class RegistryState {
  readonly counters = new Tracked<Counters>();
  readonly users = new Tracked<User>();
  readonly usernames = new Tracked<number>();
  readonly emails = new Tracked<number>();
  readonly workspaces = new Tracked<Workspace>();
  readonly outcomes = new Tracked<{ environment: string; decidedOn: number; verdict: Verdict }>();
  readonly keyed = new Tracked<KeyedCommand>();

  /** Judges one command at the log's time of its record, and lets its events take effect. */
  judge(environment: string, { id, idempotency, command }: CommandRecord, at: number): void {
    if (this.outcomes.get(id) !== undefined) return;
    const verdict = this.answerOfKey(environment, idempotency, at) ?? this.decide(environment, { ...command, at });
    this.outcomes.set(id, { environment, decidedOn: at, verdict });
    if (idempotency) this.rememberKey(environment, idempotency, { commandId: id, at, verdict });
  }

  /** What an Idempotency-Key that is in force answers: what its first command got, or a refusal of another body. */
  private answerOfKey(environment: string, idempotency: Idempotency | undefined, at: number): Verdict | undefined {
    const first = idempotency && this.keyInForce(environment, idempotency, at);
    if (first === undefined) return undefined;
    if (first.bodyHash === idempotency?.bodyHash) return first.verdict;
    return { rejected: 'idempotency-key-reused', detail: 'This Idempotency-Key came with another request before.' };
  }

  private keyInForce(environment: string, { key }: Idempotency, at: number): KeyedCommand | undefined {
    const first = this.keyed.get(inEnvironment(environment, key));
    return first && at - first.decidedOn < KEY_LIFETIME_MS ? first : undefined;
  }

  private rememberKey(
    environment: string,
    idempotency: Idempotency,
    { commandId, at, verdict }: { commandId: string; at: number; verdict: Verdict },
  ): void {
    if (this.keyInForce(environment, idempotency, at)) return;
    const { key, bodyHash } = idempotency;
    this.keyed.set(inEnvironment(environment, key), { commandId, bodyHash, decidedOn: at, verdict });
  }

  private decide(environment: string, command: Timed<UserCommand> | Timed<WorkspaceCommand>): Verdict {
    if (command.type === 'CreateWorkspace') return this.decideWorkspace(environment, command);
    const before = this.userState(environment, command);
    const decision = userDecider.decide(before, command);
    if (isRejection(decision)) return decision;
    const after = decision.reduce((state, event) => userDecider.evolve(state, event), before);
    this.replaceUser(environment, before.user, after.user, command.at);
    const { id, version } = (after.user ?? before.user)!;
    const did = before.user === undefined ? 'create' : after.user === undefined ? 'delete' : 'change';
    return { accepted: { type: 'user', id, did, version } };
  }

  private decideWorkspace(environment: string, command: Timed<WorkspaceCommand>): Verdict {
    const counters = this.countersOf(environment);
    const id = counters.lastWorkspaceId + 1;
    const before = { ...workspaceDecider.initial, next: { id } };
    const decision = workspaceDecider.decide(before, command);
    if (isRejection(decision)) return decision;
    const { workspace } = decision.reduce((state, event) => workspaceDecider.evolve(state, event), before);
    this.workspaces.set(inEnvironment(environment, id), workspace);
    this.counters.set(environment, { ...counters, lastWorkspaceId: id });
    return { accepted: { type: 'workspace', id, did: 'create', version: 1 } };
  }

  private userState(environment: string, command: Timed<UserCommand>): UserState {
    const keys = 'keys' in command ? command.keys : {};
    const counters = this.countersOf(environment);
    const id = counters.lastUserId + 1;
    const second = Math.max(counters.lastObjectSecond, Math.floor(command.at / 1000));
    const ownerOf = (names: Tracked<number>, key?: string) =>
      key === undefined ? undefined : names.get(inEnvironment(environment, key));
    return {
      user: 'userId' in command ? this.users.get(inEnvironment(environment, command.userId)) : undefined,
      owners: { username: ownerOf(this.usernames, keys.username), email: ownerOf(this.emails, keys.email) },
      next: { id, objectId: objectId(environment, second, id) },
    };
  }

  /** A user and what hangs on it: the names it gives up and takes, and the environment's counts. */
  private replaceUser(environment: string, before: User | undefined, after: User | undefined, at: number): void {
    const user = (after ?? before)!;
    this.users.set(inEnvironment(environment, user.id), after);
    this.moveName(this.usernames, environment, user.id, before?.keys.username, after?.keys.username);
    this.moveName(this.emails, environment, user.id, before?.keys.email, after?.keys.email);
    const counters = this.countersOf(environment);
    if (before === undefined) {
      const lastObjectSecond = Math.max(counters.lastObjectSecond, Math.floor(at / 1000));
      this.counters.set(environment, { ...counters, lastUserId: user.id, lastObjectSecond, users: counters.users + 1 });
    } else if (after === undefined) {
      this.counters.set(environment, { ...counters, users: counters.users - 1 });
    }
  }

  private moveName(names: Tracked<number>, environment: string, id: number, old?: string, now?: string): void {
    if (old === now) return;
    if (old !== undefined) names.set(inEnvironment(environment, old), undefined);
    if (now !== undefined) names.set(inEnvironment(environment, now), id);
  }

  private countersOf(environment: string): Counters {
    return this.counters.get(environment) ?? { lastUserId: 0, lastWorkspaceId: 0, lastObjectSecond: 0, users: 0 };
  }
}

/**
 * 24 hex digits: 8 of the second of the registration, 6 of the environment, 10 of the user's count in it. So they
 * rise in the order of registration, and no two environments share one.
 */
function objectId(environment: string, second: number, id: number): string {
  const tenant = createHash('sha256').update(environment).digest('hex').slice(0, 6);
  return second.toString(16).padStart(8, '0') + tenant + id.toString(16).padStart(10, '0');
}
