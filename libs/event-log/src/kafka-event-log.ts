import {
  type EventLog,
  type Extent,
  LogMismatch,
  LogUnavailable,
  type Subscription,
  type Topic,
} from '#event-sourcing';
import { type KafkaOptions } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaProducer } from './kafka-producer.js';
import { KafkaTopics } from './kafka-topics.js';
import { partitionFor } from './partitions.js';
import { PreparedTopic } from './prepared-topic.js';

/** The log on Kafka. Connects when it is first used; `close` it, or the process stays. */
export function kafkaEventLog(options: KafkaOptions): EventLog {
  const topics = new KafkaTopics(options);
  const prepared = new PreparedTopics(topics, options);
  const consumers = new Set<KafkaConsumer>();
  const producer = new KafkaProducer(options, {
    prepared: (topic) => prepared.get(topic),
    onDoubt: (names) => names.forEach((topic) => void prepared.check(topic)),
  });
  let closed = false;
  return {
    extents: (topic) => prepared.extents(topic),
    partitionOf: (topic, key) => partitionFor(key, prepared.get(topic).partitions),
    prepare: (wanted) => prepared.prepare(wanted),

    async append(topic, records) {
      prepared.assertWritable(topic);
      await producer.append(topic, records);
    },

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

/** The topics that this process has prepared, each checked to be still the same. */
class PreparedTopics {
  private readonly known = new Map<string, PreparedTopic>();

  constructor(
    private readonly topics: KafkaTopics,
    private readonly options: KafkaOptions,
  ) {}

  async prepare(wanted: readonly Topic[]): Promise<void> {
    const found = await Promise.all(wanted.map((topic) => this.topics.prepare(topic)));
    for (const [at, topic] of wanted.entries()) this.known.set(topic.name, new PreparedTopic(topic, found[at]!));
  }

  get(topic: string): PreparedTopic {
    const found = this.known.get(topic);
    if (!found) throw new Error(`topic ${topic} has not been prepared`);
    return found;
  }

  async extents(topic: string): Promise<ReadonlyMap<number, Extent>> {
    const ask = () => this.topics.extents(topic);
    return this.known.get(topic)?.check(ask) ?? ask();
  }

  /** Logs what is wrong with the topic, if it is no longer the one that was prepared. */
  async check(topic: string): Promise<void> {
    await this.extents(topic).catch((error: unknown) => {
      if (error instanceof LogMismatch) this.options.logger.error({ err: error }, 'appends are refused');
    });
  }

  assertWritable(topic: string): void {
    const found = this.get(topic);
    try {
      found.assertSame();
    } catch (cause) {
      throw new LogUnavailable('the log takes no appends', { cause });
    }
  }
}
