/** Who has announced nothing for so long serves nobody. */
const QUIET_MS = 3_000;
const LEARN_EVERY_MS = 60_000;
/** Seconds differ by themselves: what counts is the median of some. */
const ANNOUNCEMENTS = 3;

// Well below twice the time, which nobody should have to wait for a replay; and what nobody notices is no reason.
const SLOWER = 1.5;
const UNNOTICED_MS = 2;

const FIRST = 0.3;
const LEAST = 0.1;
const MOST = 0.9;
const STEP_UP = 0.05;
const STEP_DOWN = 0.7;

/**
 * How much of its time a replay may work beside those who are served, by how long they wait for answers. It learns what
 * is usual while the replay rests, then tries a little more every second, and much less as soon as answers take longer.
 */
export class WorkingShare {
  private heardAt = -Infinity;
  private recent: number[] = [];
  /** How long answers take without the replay; undefined while that is being learned. */
  private usual: { readonly ms: number; readonly at: number } | undefined;
  private share = FIRST;

  constructor(private readonly now = () => performance.now()) {}

  /** Whether somebody is served. */
  get isServing(): boolean {
    return this.now() - this.heardAt < QUIET_MS;
  }

  /** From 0, while it learns, to 1, where nobody is served. */
  get current(): number {
    if (!this.isServing) return 1;
    return this.usual ? this.share : 0;
  }

  /** An interface announces how long its answers took, `besides` which the replay worked or not. */
  hear(ms: number, besides: boolean): void {
    this.heardAt = this.now();
    if (this.usual && this.heardAt - this.usual.at > LEARN_EVERY_MS) this.learn();
    if (!this.usual && besides) return;
    this.recent.push(ms);
    if (this.usual) this.adapt(this.usual.ms);
    // Of the first of them a part may be from before the rest.
    else if (this.recent.length > ANNOUNCEMENTS) this.usual = { ms: this.felt(), at: this.now() };
  }

  private learn(): void {
    this.usual = undefined;
    this.recent = [];
  }

  private adapt(usual: number): void {
    const isFelt = this.felt() > usual * SLOWER + UNNOTICED_MS;
    this.share = isFelt ? Math.max(LEAST, this.share * STEP_DOWN) : Math.min(MOST, this.share + STEP_UP);
  }

  private felt(): number {
    this.recent = this.recent.slice(-ANNOUNCEMENTS);
    return this.recent.toSorted((one, other) => one - other)[Math.floor(this.recent.length / 2)]!;
  }
}
