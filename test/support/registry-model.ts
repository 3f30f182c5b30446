import { isDeepStrictEqual } from 'node:util';

/** What a test asks of the registry: one command each, as a client thinks of it. Ids and versions are numbers. */
export type Command =
  | { readonly type: 'register'; readonly user: UserBody }
  | { readonly type: 'replace'; readonly id: number; readonly user: UserBody; readonly ifMatch?: number }
  | { readonly type: 'change'; readonly id: number; readonly changes: Partial<UserBody>; readonly ifMatch?: number }
  | { readonly type: 'create'; readonly kind: NamedKind; readonly name: string }
  | {
      readonly type: 'rename';
      readonly kind: NamedKind;
      readonly id: number;
      readonly name: string;
      readonly ifMatch?: number;
    }
  | { readonly type: 'delete'; readonly kind: Kind; readonly id: number; readonly ifMatch?: number }
  /** Without a role it is taken away. */
  | { readonly type: 'assign'; readonly target: Place; readonly holder: Place; readonly role?: string };

type Alteration = Extract<Command, { id: number }>;

export type NamedKind = 'workspaces' | 'groups';
export type Kind = 'users' | NamedKind;

export interface Place {
  readonly kind: Kind;
  readonly id: number;
}

export interface UserBody {
  readonly username: string;
  readonly email: string;
  readonly firstName?: string;
  readonly isActive?: boolean;
  readonly profile?: Record<string, unknown>;
}

/** What a client is answered. `code` where it is refused, `body` and `version` where there is something to show. */
export interface Verdict {
  readonly status: number;
  readonly code?: string;
  readonly version?: number;
  readonly body?: object;
}

interface Held {
  readonly version: number;
  readonly body: Record<string, unknown> & { readonly id: number };
}

const NO_DETAILS = { firstName: '', lastName: '', isActive: true, profile: {} };

/** An Idempotency-Key, of its place in a batch, and the whole body that it came with. */
export interface Under {
  readonly key: string;
  readonly asked: string;
}

/** What a key answers to another body than its first. */
export const REUSED: Verdict = { status: 422, code: 'idempotency-key-reused' };

/**
 * One environment of the registry, as simple as the contract allows: commands one after the other, each judged by the
 * maps as they are. It shares no code with what it is compared to.
 */
export class RegistryModel {
  readonly objects = {
    users: new Map<number, Held>(),
    workspaces: new Map<number, Held>(),
    groups: new Map<number, Held>(),
  };
  /** The role of a holder in a target, by `target kind/id/holder kind/id`. */
  readonly roles = new Map<string, string>();
  private readonly last = { users: 0, workspaces: 0, groups: 0 };
  private readonly keyed = new Map<string, { readonly asked: string; readonly verdict: Verdict }>();

  /**
   * @param key of the request, if it had one; a batch has one an item
   * @param unseen it was let in when its user was not there, and so finds nobody, whoever has come since
   */
  judge(command: Command, under?: Under, unseen = false): Verdict {
    const { key, asked = '' } = under ?? {};
    const first = key === undefined ? undefined : this.keyed.get(key);
    if (first) return first.asked === asked ? first.verdict : REUSED;
    const verdict = unseen ? notFound : this.decide(command);
    if (key !== undefined) this.keyed.set(key, { asked, verdict });
    return verdict;
  }

  /** What reading an object shows. */
  show({ kind, id }: Place): Verdict {
    const held = this.objects[kind].get(id);
    return held ? { status: 200, version: held.version, body: held.body } : notFound;
  }

  /** The holders of that kind in a target, in the order of their ids, with their roles. */
  holders(target: Place, kind: Kind): { id: number; role: string }[] {
    const found = [...this.objects[kind].keys()].map((id) => ({
      id,
      role: this.roles.get(keyOf(target, { kind, id })),
    }));
    return found.flatMap(({ id, role }) => (role === undefined ? [] : [{ id, role }]));
  }

  private decide(command: Command): Verdict {
    if (command.type === 'assign') return this.assign(command);
    if (command.type === 'create') return this.create(command.kind, { name: command.name });
    if (command.type !== 'register') return this.alter(command);
    return this.takenFrom(command.user) ?? this.create('users', { ...NO_DETAILS, ...command.user });
  }

  private alter(command: Alteration): Verdict {
    const { kind } = placeOf(command);
    const held = this.objects[kind].get(command.id);
    if (!held) return notFound;
    if (command.ifMatch !== undefined && command.ifMatch !== held.version)
      return { status: 412, code: 'stale-version' };
    if (command.type === 'delete') return this.remove(kind, command.id);
    const names = command.type === 'replace' ? command.user : command.type === 'change' ? command.changes : {};
    return this.takenFrom(names, command.id) ?? this.put(kind, held, changed(held.body, command));
  }

  private takenFrom(names: Partial<UserBody>, self?: number): Verdict | undefined {
    const isTaken = (field: 'username' | 'email') =>
      names[field] !== undefined &&
      [...this.objects.users.values()].some(
        ({ body }) => body.id !== self && comparable(body[field] as string) === comparable(names[field]!),
      );
    const field = (['username', 'email'] as const).find(isTaken);
    return field && { status: 409, code: `${field}-taken` };
  }

  private create(kind: Kind, body: object): Verdict {
    const id = (this.last[kind] += 1);
    const held = { version: 1, body: { ...body, id } };
    this.objects[kind].set(id, held);
    return { status: 201, ...held };
  }

  /** What nothing is different of stays at its version. */
  private put(kind: Kind, { version, body: before }: Held, after: object): Verdict {
    const { id } = before;
    const body = { ...after, id };
    const moved = !isDeepStrictEqual(body, before);
    const held = { version: version + Number(moved), body };
    this.objects[kind].set(id, held);
    return { status: 200, ...held };
  }

  /** Roles go with either of their ends. */
  private remove(kind: Kind, id: number): Verdict {
    this.objects[kind].delete(id);
    for (const role of this.roles.keys()) {
      const [targetKind, targetId, holderKind, holderId] = role.split('/');
      const ends = [`${targetKind}/${targetId}`, `${holderKind}/${holderId}`];
      if (ends.includes(`${kind}/${id}`)) this.roles.delete(role);
    }
    return { status: 204 };
  }

  private assign({ target, holder, role }: Command & { type: 'assign' }): Verdict {
    if ([target, holder].some(({ kind, id }) => !this.objects[kind].has(id))) return notFound;
    if (role === undefined) this.roles.delete(keyOf(target, holder));
    else this.roles.set(keyOf(target, holder), role);
    return { status: 204 };
  }
}

/** Whether a command is for one object, and so may name the version that it expects. */
export const isAlteration = (command: Command): command is Alteration => 'id' in command;

export function placeOf(command: Alteration): Place {
  return { kind: 'kind' in command ? command.kind : 'users', id: command.id };
}

const notFound: Verdict = { status: 404, code: 'not-found' };

const keyOf = (target: Place, holder: Place) => [target.kind, target.id, holder.kind, holder.id].join('/');

const comparable = (name: string) => name.normalize('NFKC').trim().toLowerCase();

function changed(body: Held['body'], command: Command & { type: 'replace' | 'change' | 'rename' }): object {
  if (command.type === 'rename') return { name: command.name };
  if (command.type === 'replace') return { ...NO_DETAILS, ...command.user };
  const { profile, ...fields } = command.changes;
  return { ...body, ...fields, profile: profile ? merged(body.profile, profile) : body.profile };
}

/** RFC 7396, word for word. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
