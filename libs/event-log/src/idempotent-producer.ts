import { type NewRecord } from '#event-sourcing';
import type Cluster from 'kafkajs/src/cluster/index.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import produced, { type Produced } from 'kafkajs/src/protocol/requests/produce/v7/response.js';
import { kafkaCluster, type KafkaOptions, REQUEST_TIMEOUT_MS } from './kafka-client.js';
import { recordBatch } from './record-batch.js';
import { Sockets } from './sockets.js';

/** What one send holds of a partition, in order. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly NewRecord[];
}

/** What a broker says of a batch: stored from `baseOffset` on where `errorCode` is 0. */
export interface PartitionAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
}

const PRODUCE = { apiKey: 0, apiVersion: 7, apiName: 'Produce', expectResponse: () => true };
const ON_ALL_REPLICAS = -1;
const SEQUENCES = 2 ** 31;

/**
 * A producer of whose batches Kafka stores each once and in order, on kafkajs's connections: its own producer spends
 * five times as long on each record (ADR 0036). Not for use after a send that failed: what became of its sequence
 * numbers is not known.
 */
export class IdempotentProducer {
  private identity: { readonly producerId: bigint; readonly producerEpoch: number } | undefined;
  /** The next sequence number by topic and partition. */
  private readonly sequences = new Map<string, number>();

  private readonly sockets: Sockets;
  private readonly cluster: Cluster;

  constructor(options: KafkaOptions) {
    this.sockets = new Sockets(options.socketFactory);
    this.cluster = kafkaCluster({ ...options, socketFactory: this.sockets.factory });
  }

  /** Learns of these topics alone: a fault of any other one in the cluster is none of ours. */
  async connect(topics: readonly string[]): Promise<void> {
    await this.cluster.connect();
    await this.cluster.addMultipleTargetTopics(topics);
    const broker = await this.cluster.findControllerBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({});
    this.identity = { producerId: BigInt(producerId), producerEpoch };
  }

  /**
   * Each partition at most once. Nothing is sent of a partition that the cluster does not know of, and nothing answered.
   * Throws where no broker's answer came; where one did, the partitions of the others are not in what is returned.
   */
  async send(parts: readonly PartitionRecords[]): Promise<PartitionAnswer[]> {
    await this.cluster.addMultipleTargetTopics([...new Set(parts.map(({ topic }) => topic))]);
    const byLeader = Map.groupBy(parts, ({ topic, partition }) => this.leaderOf(topic, partition));
    byLeader.delete(undefined);
    const sends = await Promise.allSettled([...byLeader].map(([nodeId, led]) => this.produce(nodeId!, led)));
    const answers = sends.filter((send) => send.status === 'fulfilled').flatMap(({ value }) => value);
    const failed = sends.find((send) => send.status === 'rejected');
    if (answers.length === 0 && failed) throw failed.reason;
    return answers;
  }

  /** Never fails. */
  disconnect(): Promise<void> {
    // A send that is given up may still wait for its connection, and must not go out when nobody waits for it any more.
    this.identity = undefined;
    return this.sockets.disconnect(this.cluster);
  }

  private leaderOf(topic: string, partition: number): string | undefined {
    return Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]))[0];
  }

  private async produce(nodeId: string, parts: readonly PartitionRecords[]): Promise<PartitionAnswer[]> {
    const broker = await this.cluster.findBroker({ nodeId });
    const request = { ...PRODUCE, encode: () => Promise.resolve(this.encode(parts)) };
    const response = { decode: produced.decode, parse: (answer: unknown) => Promise.resolve(answer as Produced) };
    const { topics } = await broker.connectionPool.send({ request, response });
    return topics.flatMap(({ topicName: topic, partitions }) =>
      partitions.map(({ partition, errorCode, baseOffset }) => {
        return { topic, partition, errorCode, baseOffset: Number(baseOffset) };
      }),
    );
  }

  /** A request of version 7 (https://kafka.apache.org/protocol#The_Messages_Produce), the first that takes zstd. */
  private encode(parts: readonly PartitionRecords[]): Encoder {
    const topics = Map.groupBy(parts, ({ topic }) => topic);
    const request = new Encoder().writeString(null).writeInt16(ON_ALL_REPLICAS).writeInt32(REQUEST_TIMEOUT_MS);
    request.writeInt32(topics.size);
    for (const [topic, its] of topics) {
      request.writeString(topic).writeInt32(its.length);
      for (const part of its) request.writeInt32(part.partition).writeBytes(this.batchOf(part));
    }
    return request;
  }

  private batchOf({ topic, partition, records }: PartitionRecords): Buffer {
    if (this.identity === undefined) throw new Error('the producer is not connected');
    const name = `${topic}/${partition}`;
    const sequence = this.sequences.get(name) ?? 0;
    this.sequences.set(name, (sequence + records.length) % SEQUENCES);
    return recordBatch(records, { ...this.identity, sequence }, Date.now());
  }
}
