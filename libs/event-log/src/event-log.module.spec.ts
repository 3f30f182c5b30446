import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from '@jest/globals';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { CONFIG, createLogger, LOGGER } from '#platform';
import { EventLogModule } from './event-log.module.js';

const config = { kafkaBrokers: ['127.0.0.1:9'], kafka: {}, namespace: 'nowhere', startTimeoutMs: 500 };

@Global()
@Module({
  providers: [
    { provide: CONFIG, useValue: config },
    { provide: LOGGER, useValue: createLogger('test', 'silent') },
  ],
  exports: [CONFIG, LOGGER],
})
class Settings {}

@Module({ imports: [Settings, EventLogModule] })
class App {}

it('an application waits for its topics as long as its settings say', async () => {
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const preparing = app.get<EventLog>(EVENT_LOG).prepare([{ name: 'never', partitions: 1 }]);
  await expect(preparing).rejects.toThrow(
    /^waited 0.5 s \(TIDEMARK_START_TIMEOUT\) for topic never of the log at 127\.0\.0\.1:9: /,
  );
  await app.close();
});
