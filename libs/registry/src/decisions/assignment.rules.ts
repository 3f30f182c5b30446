import {
  type AssignmentCommand,
  assignmentDecider,
  type AssignmentEvent,
  type AssignmentState,
} from './assignment.decider.js';
import { inEnvironment } from './registry.state.js';
import { type Rules } from './rules.js';

/** Both ends of a role must be there at that place of the log. */
export const assignmentRules: Rules<AssignmentCommand, AssignmentState, AssignmentEvent> = {
  decider: assignmentDecider,

  touches(command) {
    const ends = [command.target, command.holder];
    const idsOf = (type: string) => ends.filter((end) => end.type === type).map(({ id }) => id);
    return {
      users: idsOf('user'),
      groups: idsOf('group'),
      workspaces: idsOf('workspace'),
      roles: [roleId(command)],
    };
  },

  situation(state, environment, command) {
    const objects = { user: state.users, group: state.groups, workspace: state.workspaces };
    const missing = [command.target, command.holder].find(
      ({ type, id }) => objects[type].get(inEnvironment(environment, id)) === undefined,
    );
    return { missing: missing?.type, role: state.roles.get(inEnvironment(environment, roleId(command))) };
  },

  apply(state, environment, { command, before, after }) {
    if (after.role !== before.role) state.roles.set(inEnvironment(environment, roleId(command)), after.role);
    return { type: 'role', id: command.target.id, did: 'change', version: 0 };
  },
};

const roleId = ({ target, holder }: AssignmentCommand) => [target.type, target.id, holder.type, holder.id].join('/');
