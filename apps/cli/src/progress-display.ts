import { type WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { type Progress } from '#importing';
import { type ReplayProgress } from '#projections';

type Output = Pick<WriteStream, 'write' | 'isTTY'>;

/** How far one thing is. */
interface Step {
  /** Tells it from others that are shown with it. */
  readonly name: string;
  /** A new one is shown at once, and has a rate of its own. */
  readonly phase?: string;
  readonly done: number;
  readonly whole: number;
  /** What the rate is of. */
  readonly count: number;
}

/** A bar for each thing on a terminal; elsewhere, such as in a log, a line for each every `everyMs`. */
export class ProgressDisplay {
  private readonly bars: cliProgress.MultiBar | undefined;
  private readonly barOf = new Map<string, cliProgress.SingleBar>();
  /** Where each thing was when its phase began, and when it was last told. */
  private readonly paces = new Map<string, { phase?: string; begun: number; count: number; toldAt: number }>();
  private readonly begun: number;

  constructor(
    private readonly output: Output,
    private readonly everyMs = 1_000,
    private readonly now = () => performance.now(),
  ) {
    this.begun = now();
    // The cursor stays: Ctrl-C ends the process where it is.
    const options = { format: '{name}{bar} {percentage}% | {told}', stream: output as WriteStream, hideCursor: false };
    if (output.isTTY) this.bars = new cliProgress.MultiBar(options, cliProgress.Presets.shades_classic);
  }

  readonly showImport = ({ counted, more, ...step }: Progress): void => {
    this.show({ name: '', ...step }, (rate) => [counted, `${rate}/s`, ...more]);
  };

  /** A bar for each partition, or a line for each view. */
  readonly showReplay = ({ view, phase, partitions }: ReplayProgress): void => {
    if (this.bars) {
      for (const { partition, position, end } of partitions) {
        const step = { name: `${view}/${partition}`.padEnd(14), phase, done: position, whole: end, count: position };
        this.show(step, (rate) => [`${position} of ${end}`, `${rate}/s`, left(step, rate), phase]);
      }
      return;
    }
    const done = partitions.reduce((sum, { position }) => sum + position, 0);
    const whole = partitions.reduce((sum, { end }) => sum + end, 0);
    const step = { name: view, phase, done, whole, count: done };
    const each = partitions.map(({ partition, position }) => `${partition}:${position}`).join(' ');
    this.show(step, (rate) => [
      `${view}: ${phase}`,
      `${done} of ${whole} records`,
      `${rate}/s`,
      `${left(step, rate)} (${each})`,
    ]);
  };

  /** May be called again. */
  end(): void {
    if (this.bars?.isActive) this.bars.stop();
  }

  private show(step: Step, told: (rate: number) => string[]): void {
    const now = this.now();
    const pace = this.paceOf(step, now);
    const seconds = (now - pace.begun) / 1_000;
    const parts = told(seconds > 0 ? Math.round((step.count - pace.count) / seconds) : 0);
    if (this.bars) return this.draw(this.bars, step, parts.join(' | '));
    if (now - pace.toldAt < this.everyMs) return;
    pace.toldAt = now;
    this.output.write(`${parts.join(', ')}\n`);
  }

  private paceOf({ name, phase, count }: Step, now: number) {
    const known = this.paces.get(name) ?? { begun: this.begun, count: 0, toldAt: this.begun };
    const pace = known.phase === phase ? known : { phase, begun: now, count, toldAt: -Infinity };
    this.paces.set(name, pace);
    return pace;
  }

  private draw(bars: cliProgress.MultiBar, { name, done, whole }: Step, told: string): void {
    const bar = this.barOf.get(name) ?? bars.create(whole, done, { name, told });
    this.barOf.set(name, bar);
    bar.setTotal(Math.max(whole, done));
    bar.update(done, { name, told });
  }
}

/** The seconds that the rest takes at a rate. */
function left({ done, whole }: Step, rate: number): string {
  if (done >= whole) return '0s left';
  return rate > 0 ? `${Math.ceil((whole - done) / rate)}s left` : '? left';
}
