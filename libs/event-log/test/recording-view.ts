import { type LogRecord, type Position, StartAgain, type Subscription } from '#event-sourcing';

/** Opens once, for all who wait. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/**
 * The least of a view: keeps positions beside what it took, and takes of a batch what it does not have yet, so that an
 * owner that comes late changes nothing. Several consumers can share it, as instances share a database.
 */
export class RecordingView {
  records: LogRecord[] = [];
  private readonly fellBack = new Set<number>();
  private readonly positions: Map<number, Position>;

  /** `during` runs in each apply, before the records are taken. */
  constructor(
    positions: Iterable<readonly [number, Position]> = [],
    private readonly during: (partition: number, stillOwned: () => boolean) => Promise<void> = async () => {},
  ) {
    this.positions = new Map(positions);
  }

  subscription(topic: string, group: string): Subscription {
    const applying = new Set<number>();
    return {
      topic,
      group,
      startAt: async (partitions) => new Map(partitions.map((p) => [p, this.positions.get(p) ?? 0])),
      apply: async (partition, records, stillOwned) => {
        if (applying.has(partition)) throw new Error(`partition ${partition} is applied twice at once`);
        applying.add(partition);
        try {
          await this.during(partition, stillOwned);
          this.take(partition, records);
        } finally {
          applying.delete(partition);
        }
      },
    };
  }

  /** What it took from this position on is gone, as in a crash of a database. */
  fallBackTo(position: Position): void {
    this.records = this.records.filter(({ offset }) => offset < position);
    for (const [partition, before] of this.positions) {
      this.positions.set(partition, Math.min(before, position));
      if (position < before) this.fellBack.add(partition);
    }
  }

  values(): string[] {
    return this.records.map(({ value }) => value.toString());
  }

  offsets(partition: number): number[] {
    return this.records.filter((record) => record.partition === partition).map(({ offset }) => offset);
  }

  /** Of each partition it took every record once and in order. */
  isGapless(): boolean {
    const partitions = new Set(this.records.map(({ partition }) => partition));
    return [...partitions].every((partition) =>
      this.offsets(partition).every((offset, n, all) => offset === (all[0] ?? 0) + n),
    );
  }

  private take(partition: number, records: readonly LogRecord[]): void {
    const first = records[0]?.offset ?? 0;
    if (records.some(({ offset }, n) => offset !== first + n)) throw new Error('records have a gap');
    const position = this.positions.get(partition) ?? 0;
    if (first > position && this.fellBack.delete(partition)) throw new StartAgain();
    if (first > position) throw new Error(`records begin at ${first} where the view is at ${position}`);
    const fresh = records.filter(({ offset }) => offset >= position);
    this.records.push(...fresh);
    this.positions.set(partition, position + fresh.length);
  }
}
