import type { Topic } from '#event-sourcing';
import { kafkaEventLog } from '#event-log';
import { createLogger } from '#platform';
import kafkajs from 'kafkajs';

/** Deletes the topic and makes another one of its name, as an operator might by mistake. */
export async function exchangeTopic(brokers: string[], topic: Topic): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  const log = kafkaEventLog({ brokers, clientId: 'operator', logger: createLogger('operator', 'silent') });
  try {
    await admin.connect();
    await admin.deleteTopics({ topics: [topic.name] });
    await log.prepare([topic]);
  } finally {
    await log.close();
    await admin.disconnect();
  }
}
