export { kafkaEventLog } from './kafka-event-log.js';
export { EventLogModule } from './event-log.module.js';
export { partitionFor } from './partitions.js';
