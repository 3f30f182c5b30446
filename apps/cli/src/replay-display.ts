import { type WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { type ReplayProgress } from '#projections';

/** Shows how far a replay is. */
export interface ReplayDisplay {
  show(progress: ReplayProgress): void;
  /** May be called again. */
  end(): void;
}

type Output = Pick<WriteStream, 'write' | 'isTTY'>;

/** A bar a partition on a terminal; elsewhere, such as in a log, a line a view each `everyMs`. */
export function replayDisplay(output: Output, everyMs = 1_000, now = () => performance.now()): ReplayDisplay {
  return output.isTTY ? new Bars(output as WriteStream, now) : new Lines(output, everyMs, now);
}

/** How fast something goes, from when it was first seen in this phase. */
class Pace {
  private readonly begun = new Map<string, { phase: string; at: number; position: number }>();

  constructor(private readonly now: () => number) {}

  /** Records a second, and the seconds that the rest takes at that. */
  of(name: string, phase: string, position: number, end: number): { rate: number; left: string } {
    let first = this.begun.get(name);
    if (first?.phase !== phase) this.begun.set(name, (first = { phase, at: this.now(), position }));
    const seconds = (this.now() - first.at) / 1_000;
    const rate = seconds > 0 ? Math.round((position - first.position) / seconds) : 0;
    const left = position >= end ? '0s' : rate > 0 ? `${Math.ceil((end - position) / rate)}s` : '?';
    return { rate, left };
  }
}

class Bars implements ReplayDisplay {
  private readonly bars;
  private readonly pace: Pace;
  private readonly known = new Map<string, cliProgress.SingleBar>();

  constructor(stream: WriteStream, now: () => number) {
    const format = '{name} {bar} {percentage}% | {value} of {total} | {rate}/s | {left} left | {phase}';
    // The cursor stays: Ctrl-C ends the process where it is.
    this.bars = new cliProgress.MultiBar({ format, stream, hideCursor: false }, cliProgress.Presets.shades_classic);
    this.pace = new Pace(now);
  }

  show({ view, phase, partitions }: ReplayProgress): void {
    for (const { partition, position, end } of partitions) {
      const name = `${view}/${partition}`;
      const payload = { name: name.padEnd(13), phase, ...this.pace.of(name, phase, position, end) };
      const bar = this.known.get(name) ?? this.bars.create(end, position, payload);
      this.known.set(name, bar);
      bar.setTotal(Math.max(end, position));
      bar.update(position, payload);
    }
  }

  end(): void {
    if (this.bars.isActive) this.bars.stop();
  }
}

class Lines implements ReplayDisplay {
  private readonly pace: Pace;
  private readonly last = new Map<string, { at: number; phase: string }>();

  constructor(
    private readonly output: Output,
    private readonly everyMs: number,
    private readonly now: () => number,
  ) {
    this.pace = new Pace(now);
  }

  show({ view, phase, partitions }: ReplayProgress): void {
    const sum = (pick: (partition: ReplayProgress['partitions'][number]) => number) =>
      partitions.reduce((total, partition) => total + pick(partition), 0);
    const [position, end] = [sum((partition) => partition.position), sum((partition) => partition.end)];
    const { rate, left } = this.pace.of(view, phase, position, end);
    const last = this.last.get(view);
    const now = this.now();
    if (last && last.phase === phase && now - last.at < this.everyMs) return;
    this.last.set(view, { at: now, phase });
    const each = partitions.map((partition) => `${partition.partition}:${partition.position}`).join(' ');
    this.output.write(`${view}: ${phase}, ${position} of ${end} records, ${rate}/s, ${left} left (${each})\n`);
  }

  end(): void {}
}
