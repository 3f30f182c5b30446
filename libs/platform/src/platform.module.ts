import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Config } from './config.js';
import { Namespace } from './namespace.js';
import { Notifications } from './notifications.js';
import { Postgres } from './postgres.js';
import { connectRedis, redisReady, RedisServers } from './redis.js';

export const LOGGER = Symbol('LOGGER');
export const CONFIG = Symbol('CONFIG');

/** The settings, the names and the connections that every room may ask for. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(
    private readonly postgres: Postgres,
    private readonly notifications: Notifications,
    private readonly redis: RedisServers,
  ) {}

  static with(config: Config, logger: Logger, namespace = new Namespace(config.namespace)): DynamicModule {
    const lost = (server: string) => (err: Error) => logger.warn({ err }, `lost a connection to ${server}`);
    const tell = (sentence: string) => logger.warn(sentence);
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: Namespace, useValue: namespace },
      {
        provide: Postgres,
        useFactory: () => new Postgres(config.databaseUrl, namespace, { max: 16, onError: lost('Postgres') }),
      },
      {
        provide: Notifications,
        useFactory: () =>
          new Notifications(config.databaseUrl, lost('Postgres'), { name: `${namespace.name}_notifications` }),
      },
      {
        provide: RedisServers,
        useFactory: () => redisReady(connectRedis(config.redisUrl, lost('Redis'), config.redisCa), tell),
      },
    ];
    return { module: PlatformModule, providers, exports: providers.map(({ provide }) => provide) };
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
    await this.notifications.close();
    await this.postgres.close();
  }
}
