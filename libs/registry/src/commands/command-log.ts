import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog, isRejection, type NewRecord } from '#event-sourcing';
import { isProblemCode, Namespace, notFound, ownTurn, Postgres, Problem } from '#platform';
import { type Idempotency } from '../decisions/judge.js';
import { type Accepted, type Verdict } from '../decisions/registry.state.js';
import { type AskedCommand, sealCommands } from '../stored/command-seals.js';
import { Keyring } from '../stored/keyring.js';
import { encodeRecord, registryTopic, versionOf } from '../stored/registry.record.js';
import { openVerdict } from '../stored/sealed-user.js';
import { newCommandId } from '../stored/command-id.js';
import { bodyHashOf, bodyKnownOf, keyOfItem, ownKey } from './idempotency.js';
import { KeysInFlight } from './keys-in-flight.js';
import { Outcomes } from './outcomes.js';
import { StoppedEnvironments } from './stopped-environments.js';

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
const SEALED_AT_ONCE = 100;

interface Identified {
  readonly id: string;
  readonly asked: AskedCommand;
  readonly idempotency?: Idempotency;
}

type Decided = [commandId: string, verdict: Verdict | undefined];

/** What a sender learns: the object as it was then made or changed, or where to ask later. */
export type Answer = Accepted['accepted'] | Pending;

/** The way of every command: append it, then wait until the log has judged it and the views show it. */
@Injectable()
export class CommandLog {
  private readonly keysInFlight = new KeysInFlight();

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly namespace: Namespace,
    private readonly outcomes: Outcomes,
    private readonly keyring: Keyring,
    private readonly postgres: Postgres,
    private readonly stopped: StoppedEnvironments,
  ) {}

  /**
   * Throws the rejection, `in-flight`, and `unavailable` where the environment has stopped, as a `Problem`;
   * `LogUnavailable` when it is not known whether the log has it.
   */
  async submit(sender: Sender, asked: AskedCommand): Promise<Answer> {
    const [[id, verdict]] = (await this.send(sender, [asked], PATIENCE_MS)) as [Decided];
    if (verdict === undefined) return { pending: id };
    return acceptedOrThrow(await openVerdict(this.keyring, sender.environment, verdict));
  }

  /**
   * Many commands, a record each, judged each for itself; an `Idempotency-Key` covers them all. Verdicts come in the
   * order of the commands. Throws `unavailable` when the views lag too far to wait for, `in-flight`, and
   * `idempotency-key-reused`.
   */
  async submitAll(sender: Sender, commands: readonly AskedCommand[]): Promise<Verdict[]> {
    const known = await this.bodyKnown(sender);
    if (known !== undefined && known !== bodyHashOf(await this.keyring.rootKey(), commands)) throw keyReused();
    const decided = await this.send(sender, commands, BATCH_PATIENCE_MS);
    const verdicts = decided.map(([, verdict]) => verdict ?? tooFarBehind());
    // Another instance sent the key's first request at the same moment.
    if (verdicts.some((verdict) => isRejection(verdict) && verdict.rejected === 'idempotency-key-reused'))
      throw keyReused();
    return verdicts;
  }

  /** The hash of the body that came with this sender's key before. */
  private async bodyKnown({ environment, subject, idempotencyKey }: Sender): Promise<string | undefined> {
    if (idempotencyKey === undefined) return undefined;
    return bodyKnownOf(this.postgres, environment, ownKey(subject, idempotencyKey));
  }

  /** The id of each command and its verdict, where that is known in time. */
  private async send(sender: Sender, commands: readonly AskedCommand[], patience: number): Promise<Decided[]> {
    const { environment, subject, idempotencyKey } = sender;
    const identified = await this.identify(sender, commands);
    const last = identified.at(-1)?.id;
    if (last === undefined) return [];
    await this.stopped.refuse(environment);
    const append = () => this.appendAndWait(sender, identified, patience);
    const isJudged = (id: string) => this.outcomes.isJudged(environment, id);
    const verdicts =
      idempotencyKey === undefined
        ? await append()
        : await this.keysInFlight.send(`${environment}/${ownKey(subject, idempotencyKey)}`, last, isJudged, append);
    return identified.map(({ id }) => [id, verdicts.get(id)]);
  }

  private async identify(
    { subject, idempotencyKey }: Sender,
    commands: readonly AskedCommand[],
  ): Promise<Identified[]> {
    const id = newCommandId;
    if (idempotencyKey === undefined) return commands.map((asked) => ({ id: id(), asked }));
    const bodyHash = bodyHashOf(await this.keyring.rootKey(), commands);
    const key = (index: number) => ownKey(subject, keyOfItem(idempotencyKey, index));
    return commands.map((asked, index) => ({ id: id(), asked, idempotency: { key: key(index), bodyHash } }));
  }

  private async appendAndWait(
    sender: Sender,
    commands: readonly Identified[],
    patience: number,
  ): Promise<ReadonlyMap<string, Verdict>> {
    const topic = registryTopic(this.namespace).name;
    const ids = commands.map(({ id }) => id);
    const expected = this.outcomes.expect(ids, this.log.partitionOf(topic, sender.environment), patience);
    const appends: Promise<void>[] = [];
    try {
      // In their order; the first are judged while the last are still being sealed.
      for (let start = 0; start < commands.length; start += SEALED_AT_ONCE) {
        if (start > 0) await ownTurn();
        const records = await this.recordsOf(sender, commands.slice(start, start + SEALED_AT_ONCE));
        expected.sending(ids.slice(start, start + SEALED_AT_ONCE));
        appends.push(this.log.append(topic, records));
        appends.at(-1)!.catch(() => undefined);
      }
      await Promise.all(appends);
    } catch (error) {
      expected.forget();
      throw error;
    }
    return expected.verdicts;
  }

  private async recordsOf({ environment, subject }: Sender, commands: readonly Identified[]): Promise<NewRecord[]> {
    const sealed = await sealCommands(this.keyring, environment, commands);
    return commands.map(({ id, idempotency }, index) => {
      const command = sealed[index]!;
      const record = { v: versionOf(command), id, by: subject, ...(idempotency && { idempotency }), command };
      return { key: environment, value: encodeRecord(record) };
    });
  }
}

function keyReused(): Problem {
  return new Problem('idempotency-key-reused', 'This Idempotency-Key came with another request before.');
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

/** Throws the rejection; `not-found` where it would show a user who has been deleted since. */
export function acceptedOrThrow(verdict: Verdict): Accepted['accepted'] {
  if (!isRejection(verdict)) {
    const { type, did, user } = verdict.accepted;
    if (type === 'user' && did !== 'delete' && user === undefined) throw notFound('user');
    return verdict.accepted;
  }
  const code = isProblemCode(verdict.rejected) ? verdict.rejected : 'internal';
  throw new Problem(code, verdict.detail, { errors: verdict.errors });
}
