import { Injectable } from '@nestjs/common';
import { type PublishedMessage } from '#activities';
import { type Position } from '#event-sourcing';
import { Problem } from '#platform';
import { LINES, type Reset } from './formats.js';
import { type Registration } from './hub/subscribers.js';
import { StreamHub } from './hub/stream-hub.js';
import { type Sought, StreamPast } from './stream-past.js';
import { type StreamRequest } from './stream-request.js';

/** What a client that catches up asks for. */
export interface CatchUpRequest extends StreamRequest {
  /** How many activities it takes at most. */
  readonly limit: number;
  /** The parameter or header that says the position. */
  readonly positionFrom?: string;
}

/** Activities as JSON, the position behind them, and whether that is where the views stood. */
export interface CaughtUp {
  readonly activities: readonly string[];
  readonly position: string;
  readonly upToDate: boolean;
}

/** For how long there may be an answer, and whom it is for. */
export interface Patience {
  /** Aborted when the answer has to be given, with whatever there is. */
  readonly over: AbortSignal;
  readonly isOpen: boolean;
}

/** How far an answer has come: by partition from the first of the target's. */
interface Reached {
  readonly messages: PublishedMessage[];
  readonly positions: Position[];
  readonly complete: boolean;
}

// An answer is made as a whole: it ends early where it has become so long, or took so long to read.
const ANSWER_BYTES = 4 * 1024 * 1024;
const READING_MS = 5_000;

/** Answers what stands behind a position, at once or as soon as there is something. */
@Injectable()
export class CatchUp {
  constructor(
    private readonly hub: StreamHub,
    private readonly past: StreamPast,
  ) {}

  /** Where it begins. Throws `unknown-position` where that is not known (any more). */
  async seek(request: CatchUpRequest, patience: Patience): Promise<Sought<CatchUpRequest>> {
    const sought = await this.past.seek(request, patience);
    const { reset } = sought.start;
    if (reset) throw unknownPosition(reset, this.format(sought, this.now(sought)), request.positionFrom);
    return sought;
  }

  async answer(sought: Sought<CatchUpRequest>, patience: Patience): Promise<CaughtUp> {
    const { messages, positions, complete } = await this.collect(sought, patience);
    return {
      activities: messages.map(({ json }) => json),
      position: this.format(sought, positions),
      upToDate: complete,
    };
  }

  private async collect(sought: Sought<CatchUpRequest>, patience: Patience): Promise<Reached> {
    let heard = Promise.withResolvers<boolean>();
    patience.over.addEventListener('abort', () => heard.resolve(false), { once: true });
    for (let from = sought.start.from; ; heard = Promise.withResolvers()) {
      // It hears what comes before it reads what is there: so nothing is missed in between.
      const registration = this.listen(sought, from, () => heard.resolve(true));
      try {
        const reached = await this.read(sought, from ?? registration.from, registration, patience);
        if (reached.messages.length > 0 || !reached.complete || patience.over.aborted) return reached;
        if (!(await heard.promise)) return this.atLeast(reached, this.now(sought));
        from = reached.positions;
      } finally {
        this.hub.detach(registration);
      }
    }
  }

  private listen({ request, positions, start }: Sought, from: readonly Position[] | undefined, deliver: () => void) {
    const { target, types } = request;
    return this.hub.attach({ target, types, since: start.since, format: LINES, positions, deliver }, from);
  }

  /** Everything up to where the hub or the views are, as far as there is room for it. */
  private async read(
    { request, start }: Sought<CatchUpRequest>,
    from: readonly Position[],
    { first, from: joined }: Registration,
    patience: Patience,
  ): Promise<Reached> {
    const checkpoints = await this.hub.look();
    const ends = joined.map((join, at) => Math.max(join, checkpoints.get(first + at) ?? 0));
    const room = new Room(request.limit);
    const positions = [...from];
    const behind = (at: number) => ends[at]! - positions[at]!;
    // The one furthest behind first, so that none waits for ever for its turn in answers that are always full.
    for (const at of [...ends.keys()].sort((one, other) => behind(other) - behind(one))) {
      while (behind(at) > 0 && room.isLeft && patience.isOpen) {
        const range = { partition: first + at, from: positions[at]!, to: ends[at]! };
        const page = await this.past.read(range, { ...request, since: start.since }, patience, room.items);
        room.take(page.messages);
        positions[at] = page.next;
      }
    }
    return { messages: room.taken, positions, complete: ends.every((_, at) => behind(at) <= 0) };
  }

  /** Nothing was heard of what the hub has delivered meanwhile: there was nothing for this client in it. */
  private atLeast({ positions, ...reached }: Reached, delivered: readonly Position[]): Reached {
    return { ...reached, positions: positions.map((position, at) => Math.max(position, delivered[at] ?? 0)) };
  }

  private now({ request }: Sought): Position[] {
    return this.hub.deliveredPositions(this.hub.partitionsOf(request.target));
  }

  private format({ request, positions: ids }: Sought, positions: readonly Position[]): string {
    return ids.format({ first: this.hub.partitionsOf(request.target).first, positions });
  }
}

/** How much an answer still takes. */
class Room {
  readonly taken: PublishedMessage[] = [];
  private bytes = 0;
  private readonly until = Date.now() + READING_MS;

  constructor(private readonly limit: number) {}

  get items(): number {
    return this.limit - this.taken.length;
  }

  get isLeft(): boolean {
    return this.items > 0 && this.bytes < ANSWER_BYTES && Date.now() < this.until;
  }

  take(messages: readonly PublishedMessage[]): void {
    this.taken.push(...messages);
    for (const { json } of messages) this.bytes += Buffer.byteLength(json);
  }
}

function unknownPosition(reason: Reset['reason'], resumedFrom: string, parameter = 'after'): Problem {
  const detail = 'is no position that this stream knows (any more)';
  return new Problem('unknown-position', `The position ${detail}; Tidemark-Position is one to go on from.`, {
    errors: [{ parameter, code: reason, detail }],
    headers: { 'tidemark-position': resumedFrom },
  });
}
