import { Injectable } from '@nestjs/common';
import { isRejection } from '#event-sourcing';
import { isProblemCode, notFound, Problem } from '#platform';
import { type Accepted, type Verdict } from '../decisions/registry.state.js';
import { type AskedCommand, type SentCommand } from '../stored/command-seals.js';
import { Keyring, type KeySource } from '../stored/keyring.js';
import { KnownKeys } from '../stored/known-keys.js';
import { openVerdict } from '../stored/sealed-user.js';
import { newCommandId } from '../stored/command-id.js';
import { bodyHashOf, keyOfItem, ownKey } from './idempotency.js';
import { KeysInFlight } from './keys-in-flight.js';
import { Outcomes } from './outcomes.js';
import { RegistryLog } from './registry-log.js';
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

type Decided = [commandId: string, verdict: Verdict | undefined];

/** What a sender learns: the object as it was then made or changed, or where to ask later. */
export type Answer = Accepted['accepted'] | Pending;

/** The way of every command: append it, then wait until the log has judged it and the views show it. */
@Injectable()
export class CommandLog {
  private readonly keysInFlight = new KeysInFlight();

  constructor(
    private readonly log: RegistryLog,
    private readonly outcomes: Outcomes,
    private readonly keyring: Keyring,
    private readonly stopped: StoppedEnvironments,
  ) {}

  /**
   * Throws the rejection, `in-flight`, and `unavailable` where the environment has stopped, as a `Problem`;
   * `LogUnavailable` when it is not known whether the log has it.
   */
  async submit(sender: Sender, asked: AskedCommand, keys = new KnownKeys(this.keyring)): Promise<Answer> {
    const [[id, verdict]] = (await this.send(sender, [asked], PATIENCE_MS, keys)) as [Decided];
    if (verdict === undefined) return { pending: id };
    return acceptedOrThrow(await openVerdict(keys, sender.environment, verdict));
  }

  /**
   * Many commands, a record each, judged each for itself; an `Idempotency-Key` covers them all. Verdicts come in the
   * order of the commands. Throws `unavailable` when the views lag too far to wait for, `in-flight`, and
   * `idempotency-key-reused`.
   */
  async submitAll(sender: Sender, commands: readonly AskedCommand[]): Promise<Verdict[]> {
    await this.refuseOtherBody(sender, commands);
    const decided = await this.send(sender, commands, BATCH_PATIENCE_MS, this.keyring);
    const verdicts = decided.map(([, verdict]) => verdict ?? tooFarBehind(sender));
    // Another instance sent the key's first request at the same moment.
    if (verdicts.some((verdict) => isRejection(verdict) && verdict.rejected === 'idempotency-key-reused'))
      throw keyReused();
    return verdicts;
  }

  private async refuseOtherBody(sender: Sender, commands: readonly AskedCommand[]): Promise<void> {
    const { environment, subject, idempotencyKey } = sender;
    if (idempotencyKey === undefined) return;
    const known = await this.outcomes.bodyOf(environment, ownKey(subject, idempotencyKey));
    if (known !== undefined && known !== bodyHashOf(await this.keyring.rootKey(), commands)) throw keyReused();
  }

  /** The id of each command and its verdict, where that is known in time. */
  private async send(
    sender: Sender,
    commands: readonly AskedCommand[],
    patience: number,
    keys: KeySource,
  ): Promise<Decided[]> {
    const { environment, subject, idempotencyKey } = sender;
    const identified = await this.identify(sender, commands);
    const last = identified.at(-1)?.id;
    if (last === undefined) return [];
    await this.stopped.refuse(environment);
    const append = () => this.log.judge(sender, identified, patience, keys);
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
  ): Promise<SentCommand[]> {
    const id = newCommandId;
    if (idempotencyKey === undefined) return commands.map((asked) => ({ id: id(), asked }));
    const bodyHash = bodyHashOf(await this.keyring.rootKey(), commands);
    const key = (index: number) => ownKey(subject, keyOfItem(idempotencyKey, index));
    return commands.map((asked, index) => ({ id: id(), asked, idempotency: { key: key(index), bodyHash } }));
  }
}

function keyReused(): Problem {
  return new Problem('idempotency-key-reused', 'This Idempotency-Key came with another request before.');
}

function tooFarBehind({ idempotencyKey }: Sender): never {
  const advice =
    idempotencyKey === undefined
      ? 'it will be done, so look for its users before any is sent again, and send an Idempotency-Key with a batch'
      : 'ask with the same Idempotency-Key again';
  throw new Problem('unavailable', `The batch is in the log, but the views lag: ${advice}.`, {
    headers: { 'retry-after': '10' },
  });
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
