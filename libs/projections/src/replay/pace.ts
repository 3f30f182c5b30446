import { setTimeout as pause } from 'node:timers/promises';
import { type WorkingShare } from './working-share.js';

/** Parts at a time where nobody is served: as many as there are connections to write on. */
const PLACES = 4;
/** Records of a part beside those who are served: some hundredths of a second of work. */
const SLICE = 1_000;
const LONGEST_REST_MS = 2_000;
const LOOK_EVERY_MS = 10;

/**
 * When the parts of a replay may run: some at a time where nobody is served, else one, with a rest behind it that is as
 * much longer than the part as the share of its time says that the replay may work.
 */
export class Pace {
  private running = 0;
  private hurried = 0;
  private restUntil = 0;
  private cappedUntil = 0;

  constructor(
    private readonly share: Pick<WorkingShare, 'current' | 'isServing'>,
    private readonly maxEventsPerSecond = Infinity,
  ) {}

  /** Whether a part runs. */
  get isWorking(): boolean {
    return this.running > 0;
  }

  /** How many records a part may have. */
  get slice(): number {
    return this.share.isServing || this.maxEventsPerSecond < Infinity
      ? Math.min(SLICE, this.maxEventsPerSecond)
      : Infinity;
  }

  /** Runs a part when it is its time. `capped` is how many events of it count for how many there may be in a second. */
  async run<T>(work: () => Promise<T>, capped = 0): Promise<T> {
    while (!this.mayBegin()) await pause(LOOK_EVERY_MS);
    this.running += 1;
    const begun = performance.now();
    this.cappedUntil = Math.max(this.cappedUntil, begun) + (capped * 1_000) / this.maxEventsPerSecond;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.rest(performance.now() - begun);
    }
  }

  /** Nobody rests meanwhile: others wait for this. */
  async hurry<T>(work: () => Promise<T>): Promise<T> {
    this.hurried += 1;
    try {
      return await work();
    } finally {
      this.hurried -= 1;
    }
  }

  private mayBegin(): boolean {
    if (this.hurried > 0) return true;
    const places = this.share.isServing ? 1 : PLACES;
    const now = performance.now();
    return this.running < places && this.share.current > 0 && now >= this.restUntil && now >= this.cappedUntil;
  }

  private rest(worked: number): void {
    const share = Math.max(this.share.current, Number.EPSILON);
    this.restUntil = performance.now() + Math.min(worked * (1 / share - 1), LONGEST_REST_MS);
  }
}
