import { type UserCommand } from '../users/domain/user.commands.js';
import { type AssignmentCommand } from '../workspaces/domain/assignment.decider.js';
import { judgeAssignment } from '../workspaces/judge-assignment.js';
import { judgeNamed } from '../workspaces/judge-named.js';
import { judgeUser } from '../users/judge-user.js';
import { type CommandRecord, type Idempotency, type RegistryCommand } from './registry.record.js';
import { inEnvironment, type KeyedCommand, type RegistryState, type Verdict } from './registry.state.js';

/**
 * Judges one command at the time of its record, and lets its events take effect in the state. A command id that was
 * judged before changes nothing. What was decided more than 24 hours ago by the log's time is not known any more, whether
 * it is still there or not.
 */
export function judge(state: RegistryState, environment: string, record: CommandRecord, at: number): void {
  const { id, idempotency, command } = record;
  state.passTime(at);
  const known = state.outcomes.get(id);
  if (known && state.remembers(known.decidedOn)) return;
  const first = idempotency && keyInForce(state, environment, idempotency);
  const verdict = first ? answerOfKey(first, idempotency) : decide(state, environment, command, at);
  const decidedOn = state.clock;
  state.outcomes.set(id, { environment, decidedOn, verdict });
  if (idempotency === undefined || first) return;
  const { key, bodyHash } = idempotency;
  state.keyed.set(inEnvironment(environment, key), { commandId: id, bodyHash, decidedOn, verdict });
}

function keyInForce(state: RegistryState, environment: string, { key }: Idempotency): KeyedCommand | undefined {
  const first = state.keyed.get(inEnvironment(environment, key));
  return first && state.remembers(first.decidedOn) ? first : undefined;
}

/** What a key in force answers: what its first command got, or a refusal of another body. */
function answerOfKey(first: KeyedCommand, idempotency: Idempotency | undefined): Verdict {
  if (first.bodyHash === idempotency?.bodyHash) return first.verdict;
  return { rejected: 'idempotency-key-reused', detail: 'This Idempotency-Key came with another request before.' };
}

function decide(state: RegistryState, environment: string, command: RegistryCommand, at: number): Verdict {
  if (isUserCommand(command)) return judgeUser(state, environment, { ...command, at });
  if (isAssignment(command)) return judgeAssignment(state, environment, command);
  return judgeNamed(state, environment, { ...command, at });
}

const isUserCommand = (command: RegistryCommand): command is UserCommand => command.type.endsWith('User');
const isAssignment = (command: RegistryCommand): command is AssignmentCommand => command.type.endsWith('Role');
