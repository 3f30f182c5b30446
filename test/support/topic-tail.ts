import type { EventLog, LogRecord, Topic } from '#event-sourcing';
import { kafkaEventLog } from '#event-log';
import { createLogger } from '#platform';
import { eventually } from './eventually.ts';
import { freshNamespace } from './namespaces.ts';

/** What a topic holds, read as it grows. */
export interface TopicTail {
  readonly log: EventLog;
  /** What was read so far of the records with this key, in the order of the log. */
  recordsOf(key: string): LogRecord[];
  /** Resolves when all that the topic holds at the moment of the call was read. */
  upToNow(): Promise<void>;
  close(): Promise<void>;
}

export async function tailTopic(brokers: string[], topic: Topic): Promise<TopicTail> {
  const log = kafkaEventLog({ brokers, clientId: 'tail', logger: createLogger('tail', 'silent') });
  await log.prepare([topic]);
  const partitions = Array.from({ length: topic.partitions }, (): LogRecord[] => []);
  const { joined } = await log.consume({
    topic: topic.name,
    group: freshNamespace(),
    startAt: async (assigned) => new Map(assigned.map((partition) => [partition, partitions[partition]!.length])),
    apply: async (partition, records) => void partitions[partition]!.push(...records),
  });
  await joined;
  return {
    log,
    recordsOf: (key) => partitions[log.partitionOf(topic.name, key)]!.filter((record) => record.key === key),
    async upToNow() {
      const extents = await log.extents(topic.name);
      await eventually(() => {
        for (const [partition, { high }] of extents) {
          if (partitions[partition]!.length < high)
            throw new Error(`partition ${partition} was not read up to ${high}`);
        }
      });
    },
    close: () => log.close(),
  };
}
