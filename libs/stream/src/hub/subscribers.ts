import { type ActivityOwner, type ActivityOwners, newSalt, type Positions, type PublishedMessage } from '#activities';
import { type Position } from '#event-sourcing';
import { targetKey } from '../stream-request.js';
import { type Format } from '../formats.js';
import { appendToWrite } from '../stream-metrics.js';
import { Chunk } from './chunk.js';

/** One client's stream, as the hub sees it. */
export interface Subscriber {
  readonly target: ActivityOwner;
  /** Only activities of these types; all when left out. */
  readonly types?: ReadonlySet<string>;
  /** Milliseconds since the epoch: only what the log took then or later. */
  readonly since?: number;
  readonly format: Format;
  readonly positions: Positions;
  /**
   * Receives the next messages as one chunk. `behind` returns the positions after them, by partition from the
   * registration's first. Must not throw.
   */
  deliver(chunk: Chunk, behind: () => Position[]): void;
}

/** A subscriber's entry in the hub. */
export interface Registration {
  readonly subscriber: Subscriber;
  readonly first: number;
  /** By partition, counted from `first`: the hub delivers what is at this position or later. */
  readonly from: readonly Position[];
  /** True from when the hub has passed `from` on every partition. */
  settled: boolean;
}

/** Messages of one target, for all that listen to it. */
interface Delivery {
  readonly messages: readonly PublishedMessage[];
  readonly partition: number;
  /** The first partition of the target. */
  readonly first: number;
  readonly salt: Buffer;
  /** How far the hub is on each partition of the target, before these messages. */
  readonly reached: readonly Position[];
}

// The most that is written to a client in one turn of the event loop, so that a client that reads is never cut off.
const SLICE_BYTES = 128 * 1024;

/** The messages in slices of about 128 KiB. */
export function slices(messages: readonly PublishedMessage[]): PublishedMessage[][] {
  const all: PublishedMessage[][] = [];
  let room = 0;
  for (const message of messages) {
    if (room < message.json.length) {
      all.push([]);
      room = SLICE_BYTES;
    }
    all.at(-1)?.push(message);
    room -= message.json.length;
  }
  return all;
}

/** The subscribers of one partition by the key of their target. */
export class PartitionSubscribers {
  private readonly byKey = new Map<string, Set<Registration>>();
  private known: ActivityOwners | undefined;

  get empty(): boolean {
    return this.byKey.size === 0;
  }

  add(registration: Registration): void {
    const key = targetKey(registration.subscriber.target);
    const subscribers = this.byKey.get(key) ?? new Set();
    if (subscribers.size === 0) this.known = undefined;
    this.byKey.set(key, subscribers.add(registration));
  }

  remove(registration: Registration): void {
    const key = targetKey(registration.subscriber.target);
    const subscribers = this.byKey.get(key);
    if (!subscribers?.delete(registration) || subscribers.size > 0) return;
    this.byKey.delete(key);
    this.known = undefined;
  }

  /** The targets that have a subscriber. */
  targets(): ActivityOwners {
    return (this.known ??= ownersOf([...this.byKey.values()].map(([registration]) => registration!.subscriber.target)));
  }

  /** `deliveredPositions`: how far the hub is on each partition of a registration, before these messages. */
  deliver(
    partition: number,
    messages: readonly PublishedMessage[],
    deliveredPositions: (registration: Registration) => readonly Position[],
  ): void {
    const salt = newSalt();
    for (const [key, ofKey] of this.byTarget(messages)) {
      const registrations = this.byKey.get(key)!;
      // Those of one target have the same partitions.
      const [one] = registrations;
      deliverTo(registrations, {
        messages: ofKey,
        partition,
        first: one!.first,
        salt,
        reached: deliveredPositions(one!),
      });
    }
    const now = Date.now();
    for (const { receivedAt } of messages) appendToWrite.observe(Math.max(0, now - receivedAt) / 1_000);
  }

  private byTarget(messages: readonly PublishedMessage[]): Map<string, PublishedMessage[]> {
    const groups = new Map<string, PublishedMessage[]>();
    for (const message of messages) {
      for (const key of keysOf(message)) {
        if (!this.byKey.has(key)) continue;
        const group = groups.get(key) ?? [];
        group.push(message);
        groups.set(key, group);
      }
    }
    return groups;
  }
}

function ownersOf(targets: readonly ActivityOwner[]): ActivityOwners {
  const identified = (kind: 'userId' | 'workspaceId') =>
    targets.flatMap(({ environment, [kind]: id }) => (id === undefined ? [] : { environment, id }));
  const isWhole = ({ userId, workspaceId }: ActivityOwner) => userId === undefined && workspaceId === undefined;
  const environments = targets.filter(isWhole).map(({ environment }) => environment);
  return { environments, users: identified('userId'), workspaces: identified('workspaceId') };
}

/** The keys of all targets that a message belongs to. */
function keysOf({ environment, userId, workspaceId }: PublishedMessage): string[] {
  const whole = [environment, targetKey({ environment, userId })];
  return workspaceId === null ? whole : [...whole, targetKey({ environment, workspaceId })];
}

/** Each is handed one chunk, made once for all that get the same. */
function deliverTo(registrations: ReadonlySet<Registration>, delivery: Delivery): void {
  const shared = new Map<string, Chunk>();
  const behindAll = behindOf(delivery, delivery.reached);
  const earliest = Math.min(...delivery.messages.map(({ receivedAt }) => receivedAt));
  for (const registration of registrations) {
    const { subscriber } = registration;
    const isShared = isSettled(registration, delivery.reached) && (subscriber.since ?? -Infinity) <= earliest;
    const positions = isShared ? delivery.reached : positionsOf(registration, delivery.reached);
    const kind = isShared ? kindOf(subscriber) : undefined;
    const chunk = shared.get(kind ?? '') ?? compose(registration, delivery, positions);
    if (kind !== undefined) shared.set(kind, chunk);
    if (chunk.activities === 0) continue;
    subscriber.deliver(chunk, isShared ? behindAll : behindOf(delivery, positions));
  }
}

/** What the bytes depend on where subscribers share them. */
function kindOf({ format: { mediaType }, types }: Subscriber): string {
  return types ? `${mediaType} ${[...types].join()}` : mediaType;
}

function isSettled(registration: Registration, reached: readonly Position[]): boolean {
  registration.settled ||= registration.from.every((position, at) => (reached[at] ?? 0) >= position);
  return registration.settled;
}

/** The positions that a subscriber has reached: those of the hub, unless it is new and started further on. */
function positionsOf({ settled, from }: Registration, reached: readonly Position[]): readonly Position[] {
  return settled ? reached : from.map((position, at) => Math.max(position, reached[at] ?? 0));
}

/** Says which positions are behind the messages. */
function behindOf({ messages, partition, first }: Delivery, positions: readonly Position[]): () => Position[] {
  return () => positions.with(partition - first, messages.at(-1)!.position + 1);
}

function compose(
  { subscriber: { types, format, positions, since = -Infinity }, from, first }: Registration,
  { messages, partition, salt }: Delivery,
  reached: readonly Position[],
): Chunk {
  const start = from[partition - first] ?? 0;
  const positionOf = positions.formatter({ first, positions: reached }, partition, salt);
  const texts = messages
    .filter(({ position, receivedAt }) => position >= start && receivedAt >= since)
    .filter(({ type }) => !types || types.has(type))
    .map(({ position, json }) => format.activity(positionOf(position + 1), json));
  return new Chunk(texts.join(''), texts.length);
}
