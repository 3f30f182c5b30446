import { setTimeout as pause } from 'node:timers/promises';
import { type Extent, LogMismatch, LogUnavailable, type Topic } from '#event-sourcing';
import kafkajs, { type Admin } from 'kafkajs';
import { kafkaClient, type KafkaOptions } from './kafka-client.js';

/** A broker that has just started elects leaders and loads its coordinators first. */
const PREPARE_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** What makes a topic a log; the settings that decide what it keeps and what time it tells are checked too. */
const SETTINGS = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'message.timestamp.type': 'LogAppendTime',
} as const;
const AS_SENT = { name: 'compression.type', value: 'producer' };

/** The topics as the broker has them. */
export class KafkaTopics {
  private readonly kafka;
  private admin: Promise<Admin> | undefined;

  constructor(options: KafkaOptions) {
    // Silent: whatever fails here is thrown, and kafkajs calls a topic that exists already an error.
    this.kafka = kafkaClient(options, { logLevel: kafkajs.logLevel.NOTHING });
  }

  /** Creates the topic where it is missing, and waits for its leaders to answer. @throws LogMismatch, LogUnavailable */
  async prepare(topic: Topic): Promise<void> {
    const deadline = Date.now() + PREPARE_TIMEOUT_MS;
    for (;;) {
      try {
        if (await this.isReady(topic)) return;
      } catch (error) {
        if (error instanceof LogMismatch) throw error;
        if (Date.now() > deadline)
          throw new LogUnavailable(`topic ${topic.name} could not be prepared`, { cause: error });
      }
      if (Date.now() > deadline) throw new LogUnavailable(`topic ${topic.name} has partitions without a leader`);
      await pause(POLL_MS);
    }
  }

  /** The first offset and the high-water mark of each partition. @throws LogMismatch without the topic, or as kafkajs */
  async extents(topic: string): Promise<Map<number, Extent>> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic)).catch((error: unknown) => {
      throw isUnknownTopic(error) ? new LogMismatch(`the log has no topic ${topic}: prepare it`) : error;
    });
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
  }

  async close(): Promise<void> {
    const admin = await this.admin?.catch(() => undefined);
    this.admin = undefined;
    await admin?.disconnect();
  }

  private async isReady(topic: Topic): Promise<boolean> {
    await this.create(topic);
    const { topics } = await this.ask((admin) => admin.fetchTopicMetadata({ topics: [topic.name] }));
    const partitions = topics[0]?.partitions ?? [];
    if (partitions.length === 0) return false;
    if (partitions.length !== topic.partitions) throw new LogMismatch(otherPartitions(topic, partitions.length));
    await this.checkSettings(topic.name);
    if (partitions.some(({ leader }) => leader < 0)) return false;
    // A leader that was elected may not know it yet, and refuses what it is asked until then.
    await this.ask((admin) => admin.fetchTopicOffsets(topic.name));
    return true;
  }

  /** Nothing happens to a topic that exists. */
  private create(topic: Topic): Promise<boolean> {
    const configEntries = [...Object.entries(SETTINGS).map(([name, value]) => ({ name, value })), AS_SENT];
    const wanted = { topic: topic.name, numPartitions: topic.partitions, replicationFactor: -1, configEntries };
    return this.ask((admin) => admin.createTopics({ topics: [wanted], waitForLeaders: false }));
  }

  private async checkSettings(topic: string): Promise<void> {
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: Object.keys(SETTINGS) };
    const { resources } = await this.ask((admin) =>
      admin.describeConfigs({ resources: [resource], includeSynonyms: false }),
    );
    for (const { configName, configValue } of resources[0]?.configEntries ?? []) {
      const wanted = SETTINGS[configName as keyof typeof SETTINGS];
      if (wanted !== configValue) throw new LogMismatch(otherSetting(topic, configName, configValue, wanted));
    }
  }

  /** One connection for all questions; a new one after a question that failed. */
  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const connecting = (this.admin ??= this.connect());
    try {
      return await question(await connecting);
    } catch (error) {
      if (this.admin === connecting) {
        this.admin = undefined;
        void connecting.then((admin) => admin.disconnect()).catch(() => undefined);
      }
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
  }
}

function isUnknownTopic(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && cause.type === 'UNKNOWN_TOPIC_OR_PARTITION') return true;
  }
  return false;
}

function otherPartitions({ name, partitions }: Topic, found: number): string {
  return (
    `topic ${name} has ${found} partitions and ${partitions} are configured: another number would move keys, ` +
    `so configure ${found}, or replay the log into a new topic of ${partitions}`
  );
}

function otherSetting(topic: string, name: string, found: string, wanted: string): string {
  return (
    `topic ${topic} has ${name}=${found} where the log needs ${name}=${wanted}: ` +
    `set it with kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${name}=${wanted}`
  );
}
