import { randomUUID } from 'node:crypto';
import { kafkaEventLog } from '#event-log';
import { type LogRecord, type Topic } from '#event-sourcing';
import { createLogger } from '#platform';
import { eventually } from './eventually.js';
import { type Service } from './service.js';

/** Every record that a topic has now, in the order of each partition. */
export async function readLog({ config }: Pick<Service, 'config'>, topic: Topic): Promise<LogRecord[]> {
  const logger = createLogger('test', 'silent');
  const log = kafkaEventLog({ brokers: config.kafkaBrokers, clientId: 'log-reader', logger });
  try {
    await log.prepare([topic]);
    const extents = await log.extents(topic.name);
    const records: LogRecord[] = [];
    await log.consume({
      topic: topic.name,
      group: `${topic.name}.${randomUUID()}`,
      startAt: (partitions) =>
        Promise.resolve(new Map(partitions.map((partition) => [partition, extents.get(partition)!.low]))),
      apply: (_, batch) => Promise.resolve(void records.push(...batch)),
    });
    const expected = [...extents.values()].reduce((sum, { low, high }) => sum + high - low, 0);
    return await eventually(() => {
      if (records.length < expected) throw new Error(`${records.length} of ${expected} records were read`);
      return records;
    });
  } finally {
    await log.close();
  }
}
