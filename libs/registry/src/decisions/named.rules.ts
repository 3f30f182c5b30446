import { type NamedCommand, namedDecider, type NamedEvent, type NamedKind, type NamedState } from './named.decider.js';
import { inEnvironment, type RegistryState } from './registry.state.js';
import { type Rules } from './rules.js';

const KINDS = {
  Workspace: { type: 'workspace', objects: 'workspaces', counter: 'lastWorkspaceId' },
  Group: { type: 'group', objects: 'groups', counter: 'lastGroupId' },
} as const;

/** What is done to workspaces, or to groups. */
export function namedRules(kind: NamedKind): Rules<NamedCommand, NamedState, NamedEvent> {
  const { type, objects, counter } = KINDS[kind];
  const lastId = (state: RegistryState, environment: string) => state.countersOf(environment)[counter];
  return {
    decider: namedDecider(kind),

    touches: (command) => ('id' in command ? { [objects]: [command.id] } : { counters: true }),

    situation: (state, environment, command) => ({
      object: 'id' in command ? state[objects].get(inEnvironment(environment, command.id)) : undefined,
      next: { id: lastId(state, environment) + 1 },
    }),

    apply(state, environment, { before, after }) {
      const { id, version } = (after.object ?? before.object)!;
      state[objects].set(inEnvironment(environment, id), after.object);
      if (before.object === undefined) state.count(environment, { [counter]: id });
      const did = before.object === undefined ? 'create' : after.object === undefined ? 'delete' : 'change';
      return { type, id, did, version, named: after.object };
    },
  };
}
