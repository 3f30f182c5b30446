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
// A batch has no address to ask at, so its client is kept waiting rather than sent away.
const BATCH_PATIENCE_MS = 60_000;

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
    const decided = await this.appendAndWait(sender, [{ id, command, key: sender.idempotencyKey }], PATIENCE_MS);
    const verdict = decided.get(id);
    return verdict === undefined ? { pending: id } : acceptedOrThrow(verdict);
  }

  /**
   * Many commands in one append, a record each, judged each for itself; an `Idempotency-Key` covers each at its place.
   * Verdicts come in the order of the commands. Throws `unavailable` when the views lag too far to wait for.
   */
  async submitAll(sender: Sender, commands: readonly RegistryCommand[]): Promise<Verdict[]> {
    const { idempotencyKey } = sender;
    const records = commands.map((command, index) => ({
      id: newCommandId(),
      command,
      key: idempotencyKey && `${idempotencyKey}\n${index}`,
    }));
    const decided = await this.appendAndWait(sender, records, BATCH_PATIENCE_MS);
    return records.map(({ id }) => decided.get(id) ?? tooFarBehind());
  }

  private async appendAndWait(
    { environment, subject }: Sender,
    commands: readonly { id: string; command: RegistryCommand; key: string | undefined }[],
    patience: number,
  ): Promise<Map<string, Verdict>> {
    const records = commands.map(({ id, command, key }) => {
      const idempotency = key === undefined ? undefined : idempotencyOf(subject, key, command);
      const value = encodeCommand({ v: 1, id, by: subject, ...(idempotency && { idempotency }), command });
      return { key: environment, value };
    });
    const expected = this.outcomes.expect(
      commands.map(({ id }) => id),
      patience,
    );
    try {
      await this.log.append(registryTopic(this.namespace).name, records);
    } catch (error) {
      expected.forget();
      throw error;
    }
    return expected.verdicts;
  }
}

function tooFarBehind(): never {
  throw new Problem(
    'unavailable',
    'The batch is in the log, but the views lag: ask with the same Idempotency-Key again.',
    {
      headers: { 'retry-after': '10' },
    },
  );
}

export function acceptedOrThrow(verdict: Verdict): Accepted['accepted'] {
  if (!isRejection(verdict)) return verdict.accepted;
  const code = isProblemCode(verdict.rejected) ? verdict.rejected : 'internal';
  throw new Problem(code, verdict.detail);
}

/** A key is the sender's own; the same command, and nothing else, may be sent with it again. */
function idempotencyOf(subject: string, key: string, command: RegistryCommand): Idempotency {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
  return { key: sha256(`${subject}\n${key}`), bodyHash: sha256(JSON.stringify(command)) };
}
