import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { CONFIG, type Config, LOGGER, type Logger } from '#platform';
import { kafkaEventLog } from './kafka-event-log.js';

/** The log of an application, under the token `EVENT_LOG`. */
@Global()
@Module({
  providers: [
    {
      provide: EVENT_LOG,
      inject: [CONFIG, LOGGER],
      useFactory: ({ kafkaBrokers, kafka, namespace, startTimeoutMs }: Config, logger: Logger) =>
        kafkaEventLog({
          brokers: kafkaBrokers,
          ...kafka,
          clientId: namespace,
          logger,
          prepareTimeoutMs: startTimeoutMs,
        }),
    },
  ],
  exports: [EVENT_LOG],
})
export class EventLogModule implements OnApplicationShutdown {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  onApplicationShutdown(): Promise<void> {
    return this.log.close();
  }
}
