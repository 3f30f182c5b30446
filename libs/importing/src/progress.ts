import { type WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';

/** How far an import is. */
export interface Progress {
  /** What is done, of how much, in whatever unit. */
  readonly done: number;
  readonly whole: number;
  /** How much was done by this import, for the rate. */
  readonly count: number;
  /** That for a person, such as "3 of 9 commits". */
  readonly counted: string;
  /** What else is worth knowing. */
  readonly more: readonly string[];
}

/** Shows how far an import is. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  end(): void;
}

type Output = Pick<WriteStream, 'write' | 'isTTY'>;

/** A bar on a terminal; elsewhere, such as in a log, a line each `everyMs`. */
export function progressDisplay(output: Output, everyMs = 1_000, now = () => performance.now()): ProgressDisplay {
  return output.isTTY ? new Bar(output as WriteStream) : new Lines(output, everyMs, now);
}

class Bar implements ProgressDisplay {
  private readonly bar;
  private readonly begin = performance.now();
  private started = false;

  constructor(stream: WriteStream) {
    const format = '{bar} {percentage}% | {told}';
    this.bar = new cliProgress.SingleBar({ format, stream, hideCursor: true }, cliProgress.Presets.shades_classic);
  }

  show(progress: Progress): void {
    const told = lineOf(progress, performance.now() - this.begin).join(' | ');
    if (this.started) this.bar.setTotal(progress.whole);
    else this.bar.start(progress.whole, progress.done, { told });
    this.started = true;
    this.bar.update(progress.done, { told });
  }

  end(): void {
    if (this.started) this.bar.stop();
  }
}

class Lines implements ProgressDisplay {
  private readonly begin: number;
  private last: number;

  constructor(
    private readonly output: Output,
    private readonly everyMs: number,
    private readonly now: () => number,
  ) {
    this.begin = this.last = now();
  }

  show(progress: Progress): void {
    const now = this.now();
    if (now - this.last < this.everyMs) return;
    this.last = now;
    this.output.write(`${lineOf(progress, now - this.begin).join(', ')}\n`);
  }

  end(): void {}
}

function lineOf({ counted, count, more }: Progress, ms: number): string[] {
  return [counted, `${perSecond(count, ms)}/s`, ...more];
}

function perSecond(count: number, ms: number): number {
  return ms <= 0 ? 0 : Math.round((count * 1000) / ms);
}
