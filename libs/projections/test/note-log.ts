import { setTimeout as pause } from 'node:timers/promises';
import { type Consumption, type EventLog, type LogRecord, type Subscription } from '#event-sourcing';

const LOOK_EVERY_MS = 5;

/** Notes at the beginning of a partition, each of a key of its own. */
export const notes = (...values: string[]): LogRecord[] =>
  values.map((value, offset) => ({
    partition: 0,
    offset,
    key: `key${offset}`,
    value: Buffer.from(value),
    time: offset,
  }));

/** A log of these records, which are those of partition 0 of 2; what is added to them later is in it too. */
export function noteLog(records: readonly LogRecord[]): EventLog {
  const log: Pick<EventLog, 'consume' | 'extents'> = {
    extents: async () =>
      new Map([
        [0, { low: 0, high: records.length }],
        [1, { low: 0, high: 0 }],
      ]),
    consume: (subscription) => consume(records, subscription),
  };
  return log as EventLog;
}

async function consume(records: readonly LogRecord[], { startAt, apply }: Subscription): Promise<Consumption> {
  let stopped = false;
  const positions = await startAt([0, 1]);
  const read = async () => {
    for (let at = positions.get(0)!; !stopped;) {
      const next = records.slice(at);
      if (next.length > 0) await apply(0, next, () => !stopped);
      else await pause(LOOK_EVERY_MS);
      at += next.length;
    }
  };
  const ended = read();
  const stop = async () => {
    stopped = true;
    await ended.catch(() => undefined);
  };
  return { joined: Promise.resolve(), ended, stop };
}
