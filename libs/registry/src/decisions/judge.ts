import { type AssignmentCommand } from './assignment.decider.js';
import { assignmentRules } from './assignment.rules.js';
import { type NamedCommand } from './named.decider.js';
import { namedRules } from './named.rules.js';
import { inEnvironment, type KeyedCommand, type RegistryState, type Verdict } from './registry.state.js';
import { decideBy, type Rules, type Sealed, type Touched } from './rules.js';
import { type UserCommand } from './user.decider.js';
import { userRules } from './user.rules.js';

/** A command as it is judged: in clear, with hashes of the names that it wants. */
export type RegistryCommand = UserCommand | NamedCommand | AssignmentCommand;

/** A command at its place in the log. */
export interface LoggedCommand<Command = RegistryCommand> {
  readonly environment: string;
  /** The command's own id, a UUID: a second record with it is the same command, not a second one. */
  readonly id: string;
  readonly idempotency?: Idempotency;
  readonly command: Command;
  readonly offset: number;
  /** The time of its record. */
  readonly at: number;
}

/** The client's `Idempotency-Key`, made its own by the subject, and the hash of what it was sent with. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

const workspaceRules = namedRules('Workspace');
const groupRules = namedRules('Group');

/** By which rules each command is judged. */
const RULES: Readonly<Record<RegistryCommand['type'], Rules<RegistryCommand, unknown, unknown>>> = {
  RegisterUser: userRules,
  ReplaceUser: userRules,
  ChangeUser: userRules,
  DeleteUser: userRules,
  EraseUser: userRules,
  CreateWorkspace: workspaceRules,
  RenameWorkspace: workspaceRules,
  DeleteWorkspace: workspaceRules,
  CreateGroup: groupRules,
  RenameGroup: groupRules,
  DeleteGroup: groupRules,
  AssignRole: assignmentRules,
  WithdrawRole: assignmentRules,
};

/** What has to be loaded before this command is judged. */
export const touchedBy = (command: Sealed<RegistryCommand>): Touched => RULES[command.type].touches(command);

/**
 * Judges one command at the time of its record, and lets its events take effect in the state. A command id that was
 * judged before changes nothing. What was decided more than 24 hours ago by the log's time is not known any more, whether
 * it is still there or not.
 */
export function judge(state: RegistryState, { environment, id, idempotency, command, at }: LoggedCommand): void {
  state.passTime(at);
  const known = state.outcomes.get(id);
  if (known && state.keeps(known.decidedOn)) return;
  const first = idempotency && keyInForce(state, environment, idempotency);
  const verdict = first
    ? answerOfKey(first, idempotency)
    : decideBy(RULES[command.type], state, environment, { ...command, at });
  const decidedOn = state.clock;
  state.outcomes.set(id, { environment, decidedOn, verdict });
  if (idempotency === undefined || first) return;
  const { key, bodyHash } = idempotency;
  state.keyed.set(inEnvironment(environment, key), { commandId: id, bodyHash, decidedOn, verdict });
}

function keyInForce(state: RegistryState, environment: string, { key }: Idempotency): KeyedCommand | undefined {
  const first = state.keyed.get(inEnvironment(environment, key));
  return first && state.keeps(first.decidedOn) ? first : undefined;
}

/** What a key in force answers: what its first command got, or a refusal of another body. */
function answerOfKey(first: KeyedCommand, idempotency: Idempotency): Verdict {
  if (first.bodyHash === idempotency.bodyHash) return first.verdict;
  return { rejected: 'idempotency-key-reused', detail: 'This Idempotency-Key came with another request before.' };
}
