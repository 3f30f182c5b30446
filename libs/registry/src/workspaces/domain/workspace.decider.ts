import { type Decider, type Decision } from '#event-sourcing';

/** A workspace as the registry knows it. Times in milliseconds since the epoch, by the log's clock. */
export interface Workspace {
  readonly id: number;
  readonly name: string;
  readonly createdOn: number;
  readonly version: number;
}

export interface CreateWorkspace {
  readonly type: 'CreateWorkspace';
  readonly name: string;
}

export type WorkspaceCommand = CreateWorkspace;

export interface WorkspaceCreated {
  readonly type: 'WorkspaceCreated';
  readonly id: number;
  readonly name: string;
  readonly at: number;
}

export type WorkspaceEvent = WorkspaceCreated;

export interface WorkspaceState {
  readonly workspace: Workspace | undefined;
  readonly next: { readonly id: number };
}

/** The rules of workspaces; names need not be unique. */
export const workspaceDecider = {
  initial: { workspace: undefined, next: { id: 1 } } as WorkspaceState,

  decide({ next }: WorkspaceState, { name, at }: WorkspaceCommand & { at: number }): Decision<WorkspaceEvent> {
    return [{ type: 'WorkspaceCreated', id: next.id, name, at }];
  },

  evolve(state: WorkspaceState, { id, name, at }: WorkspaceEvent): WorkspaceState {
    return { ...state, workspace: { id, name, createdOn: at, version: 1 } };
  },
} satisfies Decider<WorkspaceState, WorkspaceCommand & { at: number }, WorkspaceEvent>;
