import { setTimeout as pause } from 'node:timers/promises';
import { type Extents, LogMismatch, LogUnavailable, type Topic } from '#event-sourcing';
import { ConfigError, isSettledWithin, saying, within } from '#platform';
import kafkajs, { type Admin } from 'kafkajs';
import { CONNECT_TIMEOUT_MS, kafkaClient, type KafkaOptions } from './kafka-client.js';
import { asConfigError, isUnknownTopic } from './kafka-errors.js';
import { Sockets } from './sockets.js';

/** A broker that has just started elects leaders and loads its coordinators first. */
const PREPARE_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
/** A question and its answer, with the connection where that is new. */
const ASK_TIMEOUT_MS = 12_000;
/** Of those that are still on their way at the end. */
const CLOSE_TIMEOUT_MS = 5_000;

interface Connection {
  readonly sockets: Sockets;
  readonly admin: Admin;
  readonly connected: Promise<void>;
  /** Questions on their way: while one is tried again, kafkajs would open a connection anew that was closed under it. */
  readonly asked: Set<Promise<unknown>>;
}

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
  private connection: Connection | undefined;
  private closed = false;

  constructor(private readonly options: KafkaOptions) {}

  /**
   * Creates the topic where it is missing, and waits for its leaders to answer; says so when that takes long.
   * @throws LogMismatch, LogUnavailable, and ConfigError where the broker refuses this client
   */
  async prepare(topic: Topic): Promise<Extents> {
    const { brokers, logger, prepareTimeoutMs = PREPARE_TIMEOUT_MS } = this.options;
    const deadline = Date.now() + prepareTimeoutMs;
    const waited = `waited ${prepareTimeoutMs / 1_000} s (TIDEMARK_START_TIMEOUT)`;
    let cause = new Error('there is no answer yet');
    const what = () => `topic ${topic.name} of the log at ${brokers.join(', ')}: ${cause.message}`;
    // Not `retry`: the error names the last cause and the whole wait, and `close` ends the loop.
    const prepare = async () => {
      for (;;) {
        const found = await this.tryToPrepare(topic, deadline - Date.now());
        if (!(found instanceof Error)) return found;
        cause = found;
        if (Date.now() > deadline || this.closed) throw new LogUnavailable(`${waited} for ${what()}`, { cause });
        await pause(POLL_MS);
      }
    };
    return saying({ tell: (sentence) => logger.warn(sentence) }, what, prepare());
  }

  /** The first offset and the high-water mark of each partition. @throws LogMismatch without the topic, LogUnavailable */
  async extents(topic: string): Promise<Extents> {
    try {
      return await this.offsets(topic);
    } catch (error) {
      if (isUnknownTopic(error)) throw new LogMismatch(missing(topic));
      throw new LogUnavailable(`the log does not answer: ${(error as Error).message}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { connection } = this;
    this.connection = undefined;
    if (connection) await disconnect(connection, CLOSE_TIMEOUT_MS);
  }

  /** What it found of the topic, or why another try could help. */
  private async tryToPrepare(topic: Topic, milliseconds: number): Promise<Extents | Error> {
    try {
      return await within(Math.max(1, milliseconds), this.prepareOnce(topic));
    } catch (thrown) {
      const error = asConfigError(thrown);
      if (error instanceof LogMismatch || error instanceof ConfigError) throw error;
      return error as Error;
    }
  }

  private async prepareOnce(topic: Topic): Promise<Extents> {
    await this.create(topic);
    const { topics } = await this.ask((admin) => admin.fetchTopicMetadata({ topics: [topic.name] }));
    const partitions = topics[0]?.partitions ?? [];
    if (partitions.length === 0) throw new Error('it is being created');
    if (partitions.length !== topic.partitions) throw new LogMismatch(otherPartitions(topic, partitions.length));
    await this.checkSettings(topic.name);
    if (partitions.some(({ leader }) => leader < 0)) throw new Error('some of its partitions have no leader');
    // A leader that was elected may not know it yet, and refuses what it is asked until then.
    return this.offsets(topic.name);
  }

  private async offsets(topic: string): Promise<Extents> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
  }

  /** Nothing happens to a topic that exists. */
  private create(topic: Topic): Promise<boolean> {
    const configEntries = [...Object.entries(SETTINGS).map(([name, value]) => ({ name, value })), AS_SENT];
    // Left to the broker's default.replication.factor unless told.
    const { replication: replicationFactor = -1 } = this.options;
    const wanted = { topic: topic.name, numPartitions: topic.partitions, replicationFactor, configEntries };
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
    if (this.closed) throw new LogUnavailable('the log is closed');
    const connection = (this.connection ??= this.connect());
    const answer = connection.connected.then(() => question(connection.admin));
    connection.asked.add(answer);
    answer.finally(() => connection.asked.delete(answer)).catch(() => undefined);
    try {
      return await within(ASK_TIMEOUT_MS, answer);
    } catch (error) {
      if (this.connection === connection) this.connection = undefined;
      void disconnect(connection, ASK_TIMEOUT_MS);
      throw error;
    }
  }

  private connect(): Connection {
    const sockets = new Sockets(this.options.socketFactory);
    // Silent: whatever fails here is thrown, and kafkajs calls a topic that exists already an error.
    const silent = { logLevel: kafkajs.logLevel.NOTHING };
    const admin = kafkaClient({ ...this.options, socketFactory: sockets.factory }, silent).admin();
    return { sockets, admin, connected: within(CONNECT_TIMEOUT_MS, admin.connect()), asked: new Set() };
  }
}

/** Never fails. Questions on their way keep the connection for as long as they may take. */
async function disconnect({ sockets, admin, asked }: Connection, patienceMs: number): Promise<void> {
  await isSettledWithin(patienceMs, Promise.allSettled(asked));
  await sockets.disconnect(admin);
}

const missing = (topic: string) =>
  `topic ${topic} is missing from the log: restore it, or run "tidemark migrate" to begin another one`;

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
