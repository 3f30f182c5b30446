import { type EventLog, LogUnavailable, type Subscription, type Topic } from '#event-sourcing';
import { type KafkaOptions } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaProducer } from './kafka-producer.js';
import { KafkaTopics } from './kafka-topics.js';
import { partitionFor } from './partitions.js';

/** The log on Kafka. Connects when it is first used; `close` it, or the process stays. */
export function kafkaEventLog(options: KafkaOptions): EventLog {
  const topics = new KafkaTopics(options);
  const producer = new KafkaProducer(options);
  const consumers = new Set<KafkaConsumer>();
  const prepared = new Map<string, number>();
  let closed = false;

  const partitionOf = (topic: string, key: string) => {
    const partitions = prepared.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} has not been prepared`);
    return partitionFor(key, partitions);
  };

  return {
    partitionOf,
    extents: (topic) => topics.extents(topic),

    async prepare(wanted: readonly Topic[]) {
      await Promise.all(wanted.map((topic) => topics.prepare(topic)));
      for (const { name, partitions } of wanted) prepared.set(name, partitions);
    },

    async append(topic, records) {
      await producer.append(topic, records, (key) => partitionOf(topic, key));
    },

    async consume(subscription: Subscription) {
      if (closed) throw new LogUnavailable('the log is closed');
      const consumer = new KafkaConsumer(options, subscription, (topic) => topics.extents(topic));
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
