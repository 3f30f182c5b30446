import { isRejection } from '#event-sourcing';
import { inEnvironment, type RegistryState, type Verdict } from '../fold/registry.state.js';
import {
  type AssignmentCommand,
  assignmentDecider,
  type AssignmentState,
  type Holder,
  type Target,
} from './domain/assignment.decider.js';

/** Judges that a role is assigned or withdrawn. Both ends must be there at that place of the log. */
export function judgeAssignment(state: RegistryState, environment: string, command: AssignmentCommand): Verdict {
  const { target, holder } = command;
  const key = inEnvironment(environment, target.type, target.id, holder.type, holder.id);
  const missing = [target, holder].find((end) => !exists(state, environment, end))?.type;
  const before: AssignmentState = { missing, role: state.roles.get(key) };
  const decision = assignmentDecider.decide(before, command);
  if (isRejection(decision)) return decision;
  const after = decision.reduce((assignment, event) => assignmentDecider.evolve(assignment, event), before);
  if (after.role !== before.role) state.roles.set(key, after.role);
  return { accepted: { type: 'role', id: target.id, did: 'change', version: 0 } };
}

function exists(state: RegistryState, environment: string, { type, id }: Target | Holder): boolean {
  const objects = { user: state.users, group: state.groups, workspace: state.workspaces }[type];
  return objects.get(inEnvironment(environment, id)) !== undefined;
}
