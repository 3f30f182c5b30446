import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog, isRejection } from '#event-sourcing';
import { isProblemCode, Namespace, Problem } from '#platform';
import { registryTopic } from '../fold/registry.fold.js';
import { encodeCommand, type Idempotency, type RegistryCommand } from '../fold/registry.record.js';
import { type Accepted, type Verdict } from '../fold/registry.state.js';
import { newCommandId } from './command-id.js';
import { Outcomes } from './outcomes.js';

/** Who sends a command, and the `Idempotency-Key` of the request if it had one. */
export interface Sender {
  readonly environment: string;
  readonly subject: string;
  readonly idempotencyKey?: string;
}

/** The views lag: the command is in the log and will be judged, its outcome can be asked for by this id. */
export interface Pending {
  readonly pending: string;
}

// After this a client is told where to ask for the outcome instead of being kept waiting (contract: 202).
const PATIENCE_MS = 5_000;

/** What a sender learns: the object as it was then made or changed, or where to ask later. */
export type Answer = Accepted['accepted'] | Pending;

/** The way of every command: append it, then wait until the log has judged it and the views show it. */
@Injectable()
export class CommandLog {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(Namespace) private readonly namespace: Namespace,
    @Inject(Outcomes) private readonly outcomes: Outcomes,
  ) {}

  /** Throws the rejection as a `Problem`, `LogUnavailable` when it is not known whether the log has the command. */
  async submit(sender: Sender, command: RegistryCommand): Promise<Answer> {
    const id = newCommandId();
    const idempotency = idempotencyOf(sender, command);
    const value = encodeCommand({ v: 1, id, by: sender.subject, ...(idempotency && { idempotency }), command });
    const { verdict, forget } = this.outcomes.expect(id, PATIENCE_MS);
    try {
      await this.log.append(registryTopic(this.namespace).name, [{ key: sender.environment, value }]);
    } catch (error) {
      forget();
      throw error;
    }
    const decided = (await verdict) ?? (await this.outcomes.find(sender.environment, id));
    return decided === undefined ? { pending: id } : acceptedOrThrow(decided);
  }
}

export function acceptedOrThrow(verdict: Verdict): Accepted['accepted'] {
  if (!isRejection(verdict)) return verdict.accepted;
  const code = isProblemCode(verdict.rejected) ? verdict.rejected : 'internal';
  throw new Problem(code, verdict.detail);
}

/** A key is the sender's own; the same command, and nothing else, may be sent with it again. */
function idempotencyOf({ subject, idempotencyKey }: Sender, command: RegistryCommand): Idempotency | undefined {
  if (idempotencyKey === undefined) return undefined;
  const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
  return { key: sha256(`${subject}\n${idempotencyKey}`), bodyHash: sha256(JSON.stringify(command)) };
}
