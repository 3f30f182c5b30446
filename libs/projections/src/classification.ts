import { type LogRecord } from '#event-sourcing';
import { waitingKeyOf, type SetAside } from './dead-letters.js';
import { Unreadable, type Write } from './fold.js';
import { type Owner, type ParkedKeys } from './owner.js';

/** The records of a batch: those that are applied, and those that are set aside. */
export interface Classified {
  readonly live: readonly LogRecord[];
  readonly aside: readonly SetAside[];
  /** Writes the live records. */
  readonly write: Write;
}

const NONE: ReadonlyMap<LogRecord, string> = new Map();

/**
 * Splits a batch into records to apply and records to set aside, because their key waits or they are unreadable
 * (known from `reasons` or found now), and prepares the former. Only a batch with unreadable records is prepared
 * twice. Throws what the fold's `prepare` throws otherwise.
 */
export async function classify(
  { fold, partition }: Owner,
  records: readonly LogRecord[],
  parked: ParkedKeys,
  reasons = NONE,
): Promise<Classified> {
  const classified = split(records, parked, reasons);
  try {
    return { ...classified, write: await fold.prepare(partition, classified.live, records) };
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
): Omit<Classified, 'write'> {
  const live: LogRecord[] = [];
  const aside: SetAside[] = [];
  const began = new Set<string>();
  for (const record of records) {
    const reason = reasons.get(record);
    if (parked.has(record) || (began.size > 0 && began.has(waitingKeyOf(record)))) {
      aside.push({ record, reason: null });
    } else if (reason === undefined) {
      live.push(record);
    } else {
      aside.push({ record, reason });
      began.add(waitingKeyOf(record));
    }
  }
  return { live, aside };
}

/** The keys that begin to wait with these. */
export function keysOf(aside: readonly SetAside[]): string[] {
  return aside.filter(({ reason }) => reason !== null).map(({ record }) => waitingKeyOf(record));
}
