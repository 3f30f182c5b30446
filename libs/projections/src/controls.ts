import { type LogRecord, type Position } from '#event-sourcing';
import { RecordTooNew } from './fold.js';

/** What an operator asks of a key that waits: a record in the topic itself, and so in the order of its partition. */
export interface Control {
  readonly control: 'retry' | 'skip';
  /** A UUID: the same request again is no second one. */
  readonly id: string;
  /** The key that waits, as its dead letter has it. */
  readonly key: string;
  /** The dead letter that a skip drops for good. */
  readonly position?: Position;
  /** How many records of the key are taken up again at most. */
  readonly limit: number;
  /** Who asked. */
  readonly by: string;
}

/** A control record takes no more than that, in one transaction. */
export const MOST_TAKEN = 10_000;

// No record of a fold begins so: those are versioned, and their first field is "v".
const BEGINNING = Buffer.from('{"control":');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function encodeControl({ control, ...rest }: Control): string {
  return JSON.stringify({ control, ...rest });
}

/** Control records are the engine's own: no fold ever sees one. */
export function isControl({ value }: LogRecord): boolean {
  return value[2] === BEGINNING[2] && value.subarray(0, BEGINNING.length).equals(BEGINNING);
}

/** The control of a record that is one; undefined where it only begins like one. Throws `RecordTooNew` at a kind that is to come. */
export function readControl(record: LogRecord): Control | undefined {
  const { control, id, key, position, limit, by } = parsed(record);
  if (typeof control !== 'string' || typeof id !== 'string' || !UUID.test(id)) return undefined;
  if (control !== 'retry' && control !== 'skip') {
    throw new RecordTooNew(`a request ${JSON.stringify(control.slice(0, 100))} of an operator`, record);
  }
  if (!isStorable(key) || !isStorable(by)) return undefined;
  if (!isCount(limit) || (control === 'skip' && !isCount(position))) return undefined;
  const target = control === 'skip' ? { position: position as number } : {};
  return { control, id, key, ...target, limit: Math.min(Math.max(limit, 1), MOST_TAKEN), by };
}

function parsed({ value }: LogRecord): Partial<Record<keyof Control, unknown>> {
  try {
    return JSON.parse(value.toString('utf8')) as Partial<Record<keyof Control, unknown>>;
  } catch {
    return {};
  }
}

function isStorable(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 500 && text.isWellFormed() && !text.includes('\0');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** SQL for other rooms: the keys that were taken up again between two positions of a partition ($1, $2, $3). */
export const retriedKeys = (fold: string): string =>
  `SELECT key FROM ${fold}_controls WHERE partition = $1 AND position >= $2 AND position < $3`;
