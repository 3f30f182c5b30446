import { type WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { type ImportProgress } from './import-git.js';

/** Shows how far an import is. */
export interface ProgressDisplay {
  show(progress: ImportProgress): void;
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
    const format =
      '{bar} {percentage}% | {value} of {total} commits | {rate}/s | {authors} authors | {refused} refused';
    this.bar = new cliProgress.SingleBar({ format, stream, hideCursor: true }, cliProgress.Presets.shades_classic);
  }

  show({ commits, authors, total }: ImportProgress): void {
    const done = commits.accepted + commits.refused;
    const payload = {
      rate: perSecond(done, performance.now() - this.begin),
      authors: authors.total,
      refused: commits.refused + authors.refused,
    };
    const end = Math.max(total ?? 0, commits.read);
    if (this.started) this.bar.setTotal(end);
    else this.bar.start(end, done, payload);
    this.started = true;
    this.bar.update(done, payload);
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

  show({ commits, authors, total }: ImportProgress): void {
    const now = this.now();
    if (now - this.last < this.everyMs) return;
    this.last = now;
    const done = commits.accepted + commits.refused;
    const of = total === undefined ? '' : ` of ${total}`;
    const rate = perSecond(done, now - this.begin);
    const refused = commits.refused + authors.refused;
    this.output.write(`${done}${of} commits, ${rate}/s, ${authors.total} authors, ${refused} refused\n`);
  }

  end(): void {}
}

function perSecond(count: number, ms: number): number {
  return ms <= 0 ? 0 : Math.round((count * 1000) / ms);
}
