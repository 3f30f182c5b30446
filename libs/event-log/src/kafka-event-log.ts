import { type EventLog, LogMismatch, LogUnavailable, type Subscription, type Topic } from '#event-sourcing';
import { type KafkaOptions } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaProducer } from './kafka-producer.js';
import { KafkaTopics } from './kafka-topics.js';
import { partitionFor } from './partitions.js';
import { PreparedTopic } from './prepared-topic.js';

/** The log on Kafka. Connects when it is first used; `close` it, or the process stays. */
export function kafkaEventLog(options: KafkaOptions): EventLog {
  const topics = new KafkaTopics(options);
  const known = new Map<string, PreparedTopic>();
  const consumers = new Set<KafkaConsumer>();
  let closed = false;

  const prepared = (topic: string) => {
    const one = known.get(topic);
    if (!one) throw new Error(`topic ${topic} has not been prepared`);
    return one;
  };
  const extents = (topic: string) => {
    const ask = () => topics.extents(topic);
    return known.get(topic)?.check(ask) ?? ask();
  };
  const look = (topic: string) =>
    extents(topic).catch((error: unknown) => {
      if (error instanceof LogMismatch) options.logger.error({ err: error }, 'appends are refused');
    });
  const onDoubt = (names: ReadonlySet<string>) => names.forEach((topic) => void look(topic));
  const producer = new KafkaProducer(options, { prepared, onDoubt });

  return {
    extents,
    partitionOf: (topic, key) => partitionFor(key, prepared(topic).partitions),

    async prepare(wanted: readonly Topic[]) {
      const prepare = async (topic: Topic) => [topic, await topics.prepare(topic)] as const;
      const all = await Promise.all(wanted.map(prepare));
      for (const [topic, found] of all) known.set(topic.name, new PreparedTopic(topic, found));
    },

    async append(topic, records) {
      try {
        prepared(topic).assertSame();
      } catch (error) {
        throw error instanceof LogMismatch ? new LogUnavailable('the log takes no appends', { cause: error }) : error;
      }
      await producer.append(topic, records);
    },

    async consume(subscription: Subscription) {
      if (closed) throw new LogUnavailable('the log is closed');
      const consumer = new KafkaConsumer(options, subscription, extents);
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
