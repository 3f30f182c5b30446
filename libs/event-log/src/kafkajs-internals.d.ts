// What we use of kafkajs below its own producer (2.2.4, a version that package.json names exactly). It has no types for it.

declare module 'kafkajs/src/cluster/index.js' {
  import { type KafkaConfig, type Logger } from 'kafkajs';

  interface Connections {
    send<Answer>(exchange: {
      request: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        expectResponse(): boolean;
        encode(): Promise<{ buf: Buffer; buffer: Buffer }>;
      };
      response: { decode(payload: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<Answer> };
    }): Promise<Answer>;
  }

  interface Broker {
    readonly connectionPool: Connections;
    disconnect(): Promise<void>;
    initProducerId(request: object): Promise<{ producerId: string; producerEpoch: number }>;
  }

  /** The brokers of a cluster, what is known of its topics, and a connection to each broker that was asked for. */
  export default class Cluster {
    constructor(
      config: Omit<KafkaConfig, 'brokers'> & {
        brokers: string[];
        logger: Logger;
        metadataMaxAge: number;
        allowAutoTopicCreation: boolean;
      },
    );
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    findControllerBroker(): Promise<Broker>;
    findBroker(by: { nodeId: string }): Promise<Broker>;
    /** The partitions by the id of the node that leads them; those that are not known are left out. */
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    constructor(bytes?: number);
    readonly buf: Buffer;
    readonly buffer: Buffer;
    writeString(text: string | null): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeBytes(bytes: Buffer): this;
  }
}

declare module 'kafkajs/src/protocol/requests/produce/v7/response.js' {
  export interface Produced {
    readonly topics: readonly {
      readonly topicName: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly errorCode: number;
        readonly baseOffset: string;
      }[];
    }[];
  }
  const response: { decode(payload: Buffer): Promise<Produced> };
  export default response;
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/crc32C.js' {
  export default function crc32C(bytes: Buffer): number;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import { type ISocketFactory } from 'kafkajs';

  export default function socketFactory(): ISocketFactory;
}

declare module 'kafkajs/src/protocol/error.js' {
  export function createErrorFromCode(code: number): Error;
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    /** What could not be sent at once. */
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  }
}
