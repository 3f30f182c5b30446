import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog, isRejection, type NewRecord } from '#event-sourcing';
import { isProblemCode, Namespace, Problem } from '#platform';
import { registryTopic } from '../fold/registry.fold.js';
import { encodeRecord, type Idempotency } from '../fold/registry.record.js';
import { type Accepted, type Verdict } from '../fold/registry.state.js';
import { type Order, sealOrders } from '../sealing/command-seals.js';
import { Keyring } from '../sealing/keyring.js';
import { type RootKey } from '../sealing/root-key.js';
import { newCommandId } from './command-id.js';
import { KeysInFlight } from './keys-in-flight.js';
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
const SEALED_AT_ONCE = 1_000;

interface Keyed {
  readonly id: string;
  readonly order: Order;
  /** The `Idempotency-Key`, of its place in a batch. */
  readonly key: string | undefined;
}

/** What a sender learns: the object as it was then made or changed, or where to ask later. */
export type Answer = Accepted['accepted'] | Pending;

/** The way of every command: append it, then wait until the log has judged it and the views show it. */
@Injectable()
export class CommandLog {
  private readonly keysInFlight = new KeysInFlight();

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(Namespace) private readonly namespace: Namespace,
    @Inject(Outcomes) private readonly outcomes: Outcomes,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /** Throws the rejection or `in-flight` as a `Problem`, `LogUnavailable` when it is not known whether the log has the command. */
  async submit(sender: Sender, order: Order): Promise<Answer> {
    const id = newCommandId();
    const decided = await this.send(sender, [{ id, order, key: sender.idempotencyKey }], PATIENCE_MS);
    const verdict = decided.get(id);
    return verdict === undefined ? { pending: id } : acceptedOrThrow(verdict);
  }

  /**
   * Many commands in one append, a record each, judged each for itself; an `Idempotency-Key` covers each at its place.
   * Verdicts come in the order of the commands. Throws `unavailable` when the views lag too far to wait for.
   */
  async submitAll(sender: Sender, orders: readonly Order[]): Promise<Verdict[]> {
    const { idempotencyKey } = sender;
    const records = orders.map((order, index) => ({
      id: newCommandId(),
      order,
      key: idempotencyKey && `${idempotencyKey}\n${index}`,
    }));
    const decided = await this.send(sender, records, BATCH_PATIENCE_MS);
    return records.map(({ id }) => decided.get(id) ?? tooFarBehind());
  }

  private send(sender: Sender, orders: readonly Keyed[], patience: number): Promise<ReadonlyMap<string, Verdict>> {
    const { environment, subject, idempotencyKey } = sender;
    const append = () => this.appendAndWait(sender, orders, patience);
    const first = orders[0]?.id;
    if (idempotencyKey === undefined || first === undefined) return append();
    const isJudged = async (id: string) => (await this.outcomes.find(environment, id)) !== undefined;
    return this.keysInFlight.send(`${environment}/${ownKey(subject, idempotencyKey)}`, first, isJudged, append);
  }

  private async appendAndWait(
    sender: Sender,
    orders: readonly Keyed[],
    patience: number,
  ): Promise<Map<string, Verdict>> {
    const topic = registryTopic(this.namespace).name;
    const ids = orders.map(({ id }) => id);
    const expected = this.outcomes.expect(ids, this.log.partitionOf(topic, sender.environment), patience);
    try {
      await this.appendAll(topic, sender, orders);
    } catch (error) {
      expected.forget();
      throw error;
    }
    return expected.verdicts;
  }

  /** In their order. The first are judged while the last are still being sealed. */
  private async appendAll(topic: string, sender: Sender, orders: readonly Keyed[]): Promise<void> {
    const appends: Promise<void>[] = [];
    for (let start = 0; start < orders.length; start += SEALED_AT_ONCE) {
      const records = await this.recordsOf(sender, orders.slice(start, start + SEALED_AT_ONCE));
      const append = this.log.append(topic, records);
      append.catch(() => undefined);
      appends.push(append);
    }
    await Promise.all(appends);
  }

  private async recordsOf({ environment, subject }: Sender, orders: readonly Keyed[]): Promise<NewRecord[]> {
    const root = await this.keyring.rootKey();
    const commands = await sealOrders(this.keyring, environment, orders);
    return orders.map(({ id, order, key }, index) => {
      const idempotency = key === undefined ? undefined : idempotencyOf(root, subject, key, order);
      const record = { v: 1 as const, id, by: subject, ...(idempotency && { idempotency }), command: commands[index]! };
      return { key: environment, value: encodeRecord(record) };
    });
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

/** A key is the sender's own; the same order, and nothing else, may be sent with it again. */
function idempotencyOf(root: RootKey, subject: string, key: string, order: Order): Idempotency {
  // Which key seals an order is not of the sender's asking.
  const body = JSON.stringify({ ...order, key: undefined });
  return { key: ownKey(subject, key), bodyHash: root.bodyHash(body) };
}

const ownKey = (subject: string, key: string) => createHash('sha256').update(`${subject}\n${key}`).digest('base64url');
