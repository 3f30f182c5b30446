import { type LogRecord } from '#event-sourcing';
import { lineOf, type SetAside } from './dead-letters.js';
import { Unreadable, type Write } from './fold.js';
import { type Owner, type ParkedKeys } from './owner.js';

/** The records of a batch: those that are applied, and those that are set aside. */
export interface Sorted {
  readonly live: readonly LogRecord[];
  readonly aside: readonly SetAside[];
  /** Writes those that are live. */
  readonly write: Write;
}

const NONE: ReadonlyMap<LogRecord, string> = new Map();

/**
 * Sorts a batch by what waits, and by what is known (`reasons`) or found to be unreadable, and prepares the rest. Only
 * a batch with something unreadable is prepared twice. Throws what the fold's `prepare` throws otherwise.
 */
export async function sortOut(
  { fold, partition }: Owner,
  records: readonly LogRecord[],
  parked: ParkedKeys,
  reasons = NONE,
): Promise<Sorted> {
  const sorted = split(records, parked, reasons);
  try {
    return { ...sorted, write: await fold.prepare(partition, sorted.live, records) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const again = split(records, parked, new Map([...reasons, ...error.reasons]));
    return { ...again, write: await fold.prepare(partition, again.live, records) };
  }
}

/** Of each key the first bad record is its dead letter; what follows of the key waits, bad or not. */
function split(
  records: readonly LogRecord[],
  parked: ParkedKeys,
  reasons: ReadonlyMap<LogRecord, string>,
): Omit<Sorted, 'write'> {
  const live: LogRecord[] = [];
  const aside: SetAside[] = [];
  const began = new Set<string>();
  for (const record of records) {
    const reason = reasons.get(record);
    if (parked.has(record) || (began.size > 0 && began.has(lineOf(record)))) {
      aside.push({ record, reason: null });
    } else if (reason === undefined) {
      live.push(record);
    } else {
      aside.push({ record, reason });
      began.add(lineOf(record));
    }
  }
  return { live, aside };
}

/** The keys that begin to wait with these. */
export function keysOf(aside: readonly SetAside[]): string[] {
  return aside.filter(({ reason }) => reason !== null).map(({ record }) => lineOf(record));
}
