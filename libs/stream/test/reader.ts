import { type Postgres } from '#platform';
import { type ActivityOwner, type Positions, readPast } from '#activities';
import { EVENT_STREAM } from '../src/formats.js';
import { type Chunk } from '../src/hub/chunk.js';
import { type StreamHub } from '../src/hub/stream-hub.js';
import { type StreamOutput, Subscription } from '../src/subscription.js';
import { idsIn } from './events.js';

/** A client that takes all that is written to it, unless told to hold. */
export class Reader implements StreamOutput {
  text = '';
  isOpen = true;
  private writes = 0;
  private hold: Promise<void> = Promise.resolve();

  /** `fullEvery`: after so many writes it wants to be waited for. */
  constructor(private readonly fullEvery = Infinity) {}

  get isFull(): boolean {
    return this.writes > 0 && this.writes % this.fullEvery === 0;
  }

  write(bytes: Buffer | string): void {
    if (!this.isOpen) return;
    this.text += bytes.toString();
    this.writes += 1;
  }

  send({ bytes }: Chunk): void {
    this.write(bytes);
  }

  end(): void {
    this.isOpen = false;
  }

  drained(): Promise<void> {
    return this.hold;
  }

  /** Takes nothing until the returned function is called. */
  stopReading(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hold = promise;
    return resolve;
  }

  /** The last position that it was given. */
  get position(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)![1]!;
  }

  get ids(): string[] {
    return idsIn(this.text);
  }
}

export interface FollowOptions {
  /** The position to resume behind, as the client names it or as it is. */
  readonly after?: string | readonly number[];
  readonly types?: string[];
  readonly reader?: Reader;
}

interface FollowedView {
  readonly postgres: Postgres;
  /** One environment's will do for all, where nobody is to be kept out. */
  readonly positions: Positions;
}

/** A stream that is read by a `Reader`, in pages of a few activities. */
export function followAt(hub: StreamHub, view: FollowedView, target: ActivityOwner, options: FollowOptions = {}) {
  const { reader = new Reader(), after } = options;
  const { postgres, positions } = view;
  const types = options.types && new Set(options.types);
  const from = typeof after === 'string' ? positions.parse(after)!.positions : after;
  const subscription = new Subscription({ target, types, format: EVENT_STREAM, positions }, { from }, reader, {
    hub,
    readPast: (range, wanted) => readPast(postgres, range, wanted, 7),
    failed: (error) => {
      throw error;
    },
  });
  reader.write(subscription.opening());
  subscription.begin();
  const leave = () => {
    reader.isOpen = false;
    void subscription.leave();
  };
  return { reader, leave };
}
