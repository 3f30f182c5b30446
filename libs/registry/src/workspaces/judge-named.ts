import { isRejection } from '#event-sourcing';
import { inEnvironment, type RegistryState, type Verdict } from '../fold/registry.state.js';
import { kindOf, type NamedCommand, namedDecider, type NamedState } from './domain/named.decider.js';

/** Judges a command about a workspace or a group. */
export function judgeNamed(state: RegistryState, environment: string, command: NamedCommand & { at: number }): Verdict {
  const kind = kindOf(command);
  const objects = kind === 'Group' ? state.groups : state.workspaces;
  const counter = kind === 'Group' ? 'lastGroupId' : 'lastWorkspaceId';
  const before: NamedState = {
    object: 'id' in command ? objects.get(inEnvironment(environment, command.id)) : undefined,
    next: { id: state.countersOf(environment)[counter] + 1 },
  };
  const decision = namedDecider.decide(before, command);
  if (isRejection(decision)) return decision;
  const after = decision.reduce((named, event) => namedDecider.evolve(named, event), before);
  const { id, version } = (after.object ?? before.object)!;
  objects.set(inEnvironment(environment, id), after.object);
  if (before.object === undefined) state.count(environment, { [counter]: id });
  const did = before.object === undefined ? 'create' : after.object === undefined ? 'delete' : 'change';
  const type = kind === 'Group' ? 'group' : 'workspace';
  return { accepted: { type, id, did, version, named: after.object } };
}
