import { type Decider, type Decision } from '#event-sourcing';

/** What a role can be given in: a group has members, a workspace has viewers, editors and admins. */
export interface Target {
  readonly type: 'group' | 'workspace';
  readonly id: number;
}

/** Who can hold a role: a user, or a group for all of its members. */
export interface Holder {
  readonly type: 'user' | 'group';
  readonly id: number;
}

/** From the weakest to the strongest. */
export const WORKSPACE_ROLES = ['viewer', 'editor', 'admin'] as const;
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];
export type Role = WorkspaceRole | 'member';

export interface AssignRole {
  readonly type: 'AssignRole';
  readonly target: Target;
  readonly holder: Holder;
  readonly role: Role;
}

export interface WithdrawRole {
  readonly type: 'WithdrawRole';
  readonly target: Target;
  readonly holder: Holder;
}

export type AssignmentCommand = AssignRole | WithdrawRole;

export type AssignmentEvent =
  { readonly type: 'RoleAssigned'; readonly role: Role } | { readonly type: 'RoleWithdrawn' };

export interface AssignmentState {
  /** Which of the two is not there, if one is missing. */
  readonly missing: Target['type'] | Holder['type'] | undefined;
  readonly role: Role | undefined;
}

/** One role at most for each target and holder. What is already so needs no event, and is accepted all the same. */
export const assignmentDecider = {
  initial: { missing: undefined, role: undefined } as AssignmentState,

  decide({ missing, role }: AssignmentState, command: AssignmentCommand): Decision<AssignmentEvent> {
    if (missing) return { rejected: 'not-found', detail: `There is no such ${missing} in this environment.` };
    if (command.type === 'AssignRole') {
      return command.role === role ? [] : [{ type: 'RoleAssigned', role: command.role }];
    }
    return role === undefined ? [] : [{ type: 'RoleWithdrawn' }];
  },

  evolve(state: AssignmentState, event: AssignmentEvent): AssignmentState {
    return { ...state, role: event.type === 'RoleAssigned' ? event.role : undefined };
  },
} satisfies Decider<AssignmentState, AssignmentCommand, AssignmentEvent>;
