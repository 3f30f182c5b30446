import { type Extent, LogMismatch, type LogRecord, type Position } from '#event-sourcing';
import { type Batch, type KafkaMessage } from 'kafkajs';

const NOTHING = Buffer.alloc(0);

/** The records of a batch from `position` on. @throws LogMismatch when some between them are missing */
export function recordsOf({ topic, partition, messages }: Batch, position: Position): LogRecord[] {
  const records = messages
    .filter(({ offset }) => Number(offset) >= position)
    .map((message) => recordOf(partition, message));
  const first = records[0]?.offset ?? position;
  const last = records.at(-1)?.offset ?? position - 1;
  if (last - first + 1 === records.length) return records;
  throw new LogMismatch(
    `${topic}/${partition} lacks records between ${first} and ${last}: a log keeps all, see its cleanup.policy`,
  );
}

function recordOf(partition: number, { offset, key, value, timestamp }: KafkaMessage): LogRecord {
  return {
    partition,
    offset: Number(offset),
    key: key?.toString() ?? '',
    value: value ?? NOTHING,
    time: Number(timestamp),
  };
}

/** The position, when the log has it or ends there. @throws LogMismatch otherwise: where to go on is not ours to guess */
export function assertInside(
  topic: string,
  partition: number,
  position: Position | undefined,
  extent: Extent | undefined,
): Position {
  const where = `${topic}/${partition}`;
  if (!extent) throw new LogMismatch(`the log has no ${where}`);
  if (position === undefined) throw new LogMismatch(`no position is known for ${where}`);
  if (position >= extent.low && position <= extent.high) return position;
  const found = `position ${position} of ${where} is outside the log, which holds ${extent.low} to ${extent.high}`;
  if (position < extent.low) throw new LogMismatch(`${found}: it has lost records; restore it`);
  throw new LogMismatch(
    `${found}: it is another log, or it has lost records; restore it, or build the views anew from this one: ` +
      '"tidemark replay" says how',
  );
}
