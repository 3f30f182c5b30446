import { type Decider, type Decision } from '#event-sourcing';
import { type Timed } from './timed.js';

/** Workspaces and groups live alike: each has a name, which need not be unique, and an id of its own kind. */
export type NamedKind = 'Workspace' | 'Group';

/** Times in milliseconds since the epoch, by the log's clock. */
export interface Named {
  readonly id: number;
  readonly name: string;
  readonly createdOn: number;
  readonly version: number;
}

export interface CreateNamed {
  readonly type: `Create${NamedKind}`;
  readonly name: string;
}

export interface RenameNamed {
  readonly type: `Rename${NamedKind}`;
  readonly id: number;
  readonly name: string;
  readonly ifVersions?: readonly number[];
  /** To the name that it has, nothing is changed. Records without this moved the version all the same. */
  readonly ifOther?: true;
}

export interface DeleteNamed {
  readonly type: `Delete${NamedKind}`;
  readonly id: number;
  readonly ifVersions?: readonly number[];
}

export type NamedCommand = CreateNamed | RenameNamed | DeleteNamed;

export type NamedEvent =
  | { readonly type: 'Created'; readonly id: number; readonly name: string; readonly at: number }
  | { readonly type: 'Renamed'; readonly name: string }
  | { readonly type: 'Deleted' };

export interface NamedState {
  readonly object: Named | undefined;
  readonly next: { readonly id: number };
}

/** The rules of workspaces, or of groups. */
export function namedDecider(kind: NamedKind): Decider<NamedState, Timed<NamedCommand>, NamedEvent> {
  return {
    initial: { object: undefined, next: { id: 1 } },
    decide: ({ object, next }, command) => {
      if (!('id' in command)) return [{ type: 'Created', id: next.id, name: command.name, at: command.at }];
      return object === undefined ? missing(kind) : decideOn(object, command);
    },
    evolve: (state, event) => ({ ...state, object: evolveNamed(state.object, event) }),
  };
}

function decideOn(object: Named, command: RenameNamed | DeleteNamed): Decision<NamedEvent> {
  if (command.ifVersions && !command.ifVersions.includes(object.version)) {
    return { rejected: 'stale-version', detail: `The current version is "${object.version}".` };
  }
  if (!('name' in command)) return [{ type: 'Deleted' }];
  return command.ifOther && command.name === object.name ? [] : [{ type: 'Renamed', name: command.name }];
}

function evolveNamed(object: Named | undefined, event: NamedEvent): Named | undefined {
  switch (event.type) {
    case 'Created':
      return { id: event.id, name: event.name, createdOn: event.at, version: 1 };
    case 'Renamed':
      return object && { ...object, name: event.name, version: object.version + 1 };
    case 'Deleted':
      return undefined;
  }
}

function missing(kind: NamedKind) {
  return { rejected: 'not-found', detail: `There is no such ${kind.toLowerCase()} in this environment.` };
}
