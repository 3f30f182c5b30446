import './idle-queue.js';
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import { type KafkaAccess } from '#platform';
import { registerZstd } from './zstd.js';

/** Receives log messages; a pino logger fits. */
export interface LogSink {
  info(entry: object | string, message?: string): void;
  warn(entry: object | string, message?: string): void;
  error(entry: object | string, message?: string): void;
}

export interface KafkaOptions extends KafkaAccess {
  /** Where to begin, as `host:port`; the others are learnt from them. */
  readonly brokers: string[];
  readonly clientId: string;
  readonly logger: LogSink;
  /** Opens the connections, for a tunnel or a proxy; by default a plain socket to the advertised address. */
  readonly socketFactory?: ISocketFactory;
  /** How long `prepare` waits for a broker that does not answer yet; a minute by default. */
  readonly prepareTimeoutMs?: number;
}

/** No request waits longer for its answer: the caller of an append is to hear of it while still listening. */
export const REQUEST_TIMEOUT_MS = 8_000;
/** kafkajs bounds each request, but not all of connecting, with its retries. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** A kafkajs client; `onLog` sees each of its messages too, since some of what happens is told nowhere else. */
export function kafkaClient(
  options: KafkaOptions,
  config: Partial<KafkaConfig> = {},
  onLog?: (entry: LogEntry) => void,
): Kafka {
  registerZstd();
  silenceNegativeTimeouts();
  return new kafkajs.Kafka({
    ...accessOf(options),
    logCreator: () => (entry) => {
      onLog?.(entry);
      passOn(options.logger, entry);
    },
    ...config,
  });
}

/** kafkajs's connections to a cluster, for requests of our own. */
export function kafkaCluster(options: KafkaOptions): Cluster {
  const logger = kafkaClient(options).logger();
  return new Cluster({
    ...accessOf(options),
    logger,
    metadataMaxAge: 300_000,
    // A topic that the broker made by itself would forget what it is given after a week.
    allowAutoTopicCreation: false,
  });
}

function accessOf({ brokers, clientId, tls, sasl, socketFactory }: KafkaOptions) {
  return {
    brokers,
    clientId,
    ssl: tls && { ...tls },
    // kafkajs keeps its own things in it.
    sasl: sasl && ({ ...sasl } as SASLOptions),
    connectionTimeout: 2_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: { retries: 1, initialRetryTime: 100 },
    ...(socketFactory && { socketFactory }),
  };
}

function passOn(logger: LogSink, { namespace, level, log }: LogEntry): void {
  const { message, timestamp: _ours, ...rest } = log;
  const entry = { ...rest, namespace };
  // kafkajs retries most of what it logs as errors; what it gives up on it throws, and we log that.
  if (level === kafkajs.logLevel.ERROR || level === kafkajs.logLevel.WARN) logger.warn(entry, message);
  else logger.info(entry, message);
}

let silenced = false;

/** kafkajs sets timers with negative delays, which Node 24 treats as 1 ms and warns about; only that warning is hidden. */
function silenceNegativeTimeouts(): void {
  if (silenced) return;
  silenced = true;
  const emit = process.emitWarning.bind(process) as (warning: string | Error, ...rest: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] !== 'TimeoutNegativeWarning') emit(warning, ...rest);
  };
}
