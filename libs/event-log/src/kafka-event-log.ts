import { type EventLog, LogUnavailable, type Subscription } from '#event-sourcing';
import { type KafkaOptions } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaProducer } from './kafka-producer.js';
import { KafkaTopics } from './kafka-topics.js';
import { partitionFor } from './partitions.js';
import { PreparedTopics } from './prepared-topic.js';

/** The log on Kafka. Connects when it is first used; `close` it, or the process stays. */
export function kafkaEventLog(options: KafkaOptions): EventLog {
  const topics = new KafkaTopics(options);
  const prepared = new PreparedTopics(topics, options);
  const consumers = new Set<KafkaConsumer>();
  const producer = new KafkaProducer(options, prepared);
  let closed = false;
  return {
    prepare: (wanted) => prepared.prepare(wanted),
    append: (topic, records) => producer.append(topic, records),
    extents: (topic) => prepared.extents(topic),
    partitionOf: (topic, key) => partitionFor(key, prepared.get(topic).partitions),

    async consume(subscription: Subscription) {
      if (closed) throw new LogUnavailable('the log is closed');
      const consumer = new KafkaConsumer(options, subscription, (topic) => prepared.extents(topic));
      consumers.add(consumer);
      void consumer.finished.then(() => consumers.delete(consumer));
      return consumer;
    },

    async close() {
      closed = true;
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await producer.close();
      await topics.close();
    },
  };
}
