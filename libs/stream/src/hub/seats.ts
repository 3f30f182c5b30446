import { type Position } from '#event-sourcing';
import { type Audience, audienceKey } from '../audience.js';
import { type Format } from '../formats.js';
import { newSalt, type Positions } from '../positions.js';

/** Who is delivered to. */
export interface Follower {
  readonly audience: Audience;
  /** Only activities of these types; all when left out. */
  readonly types?: ReadonlySet<string>;
  readonly format: Format;
  readonly positions: Positions;
  /**
   * Takes the next messages in one piece. `behind` gives the positions behind them, by partition from the seat's first.
   * Must not throw.
   */
  deliver(chunk: Buffer, behind: () => Position[]): void;
}

/** A follower's place in the hub. */
export interface Seat {
  readonly follower: Follower;
  readonly first: number;
  /** By partition, counted from `first`: what stands before is not delivered by the hub. */
  readonly from: readonly Position[];
  /** True once the hub has passed `from` on every partition, and then for ever. */
  settled: boolean;
}

/** An activity that is about to be delivered. */
export interface Message {
  readonly environment: string;
  readonly userId: number;
  readonly type: string;
  readonly position: Position;
  readonly json: string;
}

// What one turn of the event loop writes to a client at most, so that one who reads is never seen as one who doesn't.
const SLICE_BYTES = 128 * 1024;

/** The messages in slices of about 128 KiB. */
export function slices(messages: readonly Message[]): Message[][] {
  const all: Message[][] = [];
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

/** The seats of one partition by the key of their audience. */
export class Seats {
  private readonly byKey = new Map<string, Set<Seat>>();
  private known: { environments: string[]; users: { environment: string; userId: number }[] } | undefined;

  get empty(): boolean {
    return this.byKey.size === 0;
  }

  add(seat: Seat): void {
    const key = audienceKey(seat.follower.audience);
    const seats = this.byKey.get(key);
    if (seats) {
      seats.add(seat);
    } else {
      this.byKey.set(key, new Set([seat]));
      this.known = undefined;
    }
  }

  remove(seat: Seat): void {
    const key = audienceKey(seat.follower.audience);
    const seats = this.byKey.get(key);
    if (!seats?.delete(seat) || seats.size > 0) return;
    this.byKey.delete(key);
    this.known = undefined;
  }

  /** Whose activities anybody here follows. */
  audiences() {
    return (this.known ??= this.collectAudiences());
  }

  private collectAudiences() {
    const audiences = [...this.byKey.values()].flatMap((seats) => [...seats].slice(0, 1)).map(audienceOf);
    return {
      environments: audiences.filter(({ userId }) => userId === undefined).map(({ environment }) => environment),
      users: audiences.flatMap(({ environment, userId }) => (userId === undefined ? [] : [{ environment, userId }])),
    };
  }

  /** `standing`: how far the hub is on each partition of a seat, before these messages. */
  deliver(partition: number, messages: readonly Message[], standing: (seat: Seat) => readonly Position[]): void {
    const salt = newSalt();
    for (const [key, ofKey] of this.byAudience(messages)) {
      const chunks = new Map<string, Buffer>();
      for (const seat of this.byKey.get(key) ?? []) {
        const positions = positionsOf(seat, standing(seat));
        const { follower, first } = seat;
        const ids = () => follower.positions.formatter({ first, positions }, partition, salt);
        const chunk = chunkFor(seat, partition, ofKey, ids, chunks);
        const behind = () => positions.with(partition - first, (ofKey.at(-1)?.position ?? 0) + 1);
        if (chunk.length > 0) follower.deliver(chunk, behind);
      }
    }
  }

  private byAudience(messages: readonly Message[]): Map<string, Message[]> {
    const groups = new Map<string, Message[]>();
    for (const message of messages) {
      for (const key of [message.environment, audienceKey(message)]) {
        if (!this.byKey.has(key)) continue;
        const group = groups.get(key);
        if (group) group.push(message);
        else groups.set(key, [message]);
      }
    }
    return groups;
  }
}

const audienceOf = ({ follower }: Seat) => follower.audience;

/** Where a seat stands: where the hub does, unless it has just come and began further on. */
function positionsOf(seat: Seat, standing: readonly Position[]): readonly Position[] {
  seat.settled ||= seat.from.every((position, at) => (standing[at] ?? 0) >= position);
  return seat.settled ? standing : seat.from.map((position, at) => Math.max(position, standing[at] ?? 0));
}

/** Seats that differ in nothing share the bytes. */
function chunkFor(
  seat: Seat,
  partition: number,
  messages: readonly Message[],
  ids: () => (position: Position) => string,
  made: Map<string, Buffer>,
): Buffer {
  const { follower } = seat;
  const kind = seat.settled ? `${follower.format.mediaType} ${[...(follower.types ?? [])].join()}` : undefined;
  const ready = kind === undefined ? undefined : made.get(kind);
  if (ready) return ready;
  const chunk = compose(seat, messages, partition, ids());
  if (kind !== undefined) made.set(kind, chunk);
  return chunk;
}

function compose(
  { follower: { types, format }, from, first }: Seat,
  messages: readonly Message[],
  partition: number,
  positionOf: (position: Position) => string,
): Buffer {
  const start = from[partition - first] ?? 0;
  const texts = messages
    .filter(({ type, position }) => position >= start && (!types || types.has(type)))
    .map(({ position, json }) => format.activity(positionOf(position + 1), json));
  return Buffer.from(texts.join(''));
}
