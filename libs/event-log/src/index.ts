export { kafkaEventLog } from './kafka-event-log.js';
export { type KafkaOptions, type LogSink } from './kafka-client.js';
export { LogOverloaded } from './kafka-producer.js';
export { EventLogModule } from './event-log.module.js';
export { partitionFor } from './partitions.js';
