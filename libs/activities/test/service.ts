import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { activitiesFold, ActivitiesModule, type ActivityFollower } from '#activities';
import { EVENT_LOG } from '#event-sourcing';
import { httpApplication, Namespace, PlatformModule, Postgres, readConfig, SCOPES, signToken } from '#platform';
import { project } from '#projections';
import { Keyring, registryFold } from '#registry';
import { MemoryLog } from './memory-log.js';
import { freshNamespace, logger } from './views.js';

const SECRET = 'a-secret-of-the-tests-that-is-long-enough';

@Global()
@Module({})
class LogModule {
  static with(log: MemoryLog): DynamicModule {
    return { module: LogModule, providers: [{ provide: EVENT_LOG, useValue: log }], exports: [EVENT_LOG] };
  }
}

interface Call {
  readonly payload?: string | object | Buffer;
  readonly headers?: Record<string, string>;
  readonly environment?: string;
  readonly scope?: string;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Body;
  /** The body as it was written. */
  readonly text: string;
}

@Module({})
class ServedModule {}

/** The HTTP interface of these rooms and the registry, on real views and a log in memory. */
export class Service {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly log: MemoryLog,
    readonly namespace: Namespace,
    readonly postgres: Postgres,
  ) {}

  static async start(
    servers: { databaseUrl: string; redisUrl: string },
    options: { modules?: Type[]; followers?: (postgres: Postgres, namespace: Namespace) => ActivityFollower[] } = {},
  ): Promise<Service> {
    const namespace = freshNamespace();
    const log = new MemoryLog();
    const config = readConfig({
      KAFKA_BROKERS: 'nowhere:1',
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      AUTH_JWT_SECRET: SECRET,
      TIDEMARK_NAMESPACE: namespace.name,
      TIDEMARK_LOG_LEVEL: 'silent',
    });
    const imports = [
      PlatformModule.with(config, logger),
      LogModule.with(log),
      ActivitiesModule,
      ...(options.modules ?? []),
    ];
    const app = await httpApplication({ module: ServedModule, imports }, { ...config, logger });
    const postgres = app.get(Postgres);
    const around = { log, postgres, namespace, logger };
    const keyring = app.get(Keyring);
    await keyring.prepare(false);
    const activities = activitiesFold(namespace, options.followers?.(postgres, namespace));
    for (const fold of [registryFold(namespace, keyring), activities]) {
      await log.prepare([fold.topic]);
      await project(fold, around);
    }
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new Service(app, log, namespace, postgres);
  }

  async call<Body = unknown>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    call: Call = {},
  ): Promise<Answer<Body>> {
    const { payload, environment, scope, headers } = call;
    const authorization = await this.authorization(environment, scope);
    const response = await this.app.inject({ method, url, payload, headers: { ...authorization, ...headers } });
    const body = (response.payload === '' ? undefined : JSON.parse(response.payload)) as Body;
    return { status: response.statusCode, headers: response.headers, body, text: response.payload };
  }

  async authorization(environment = 'acme', scope = SCOPES.join(' ')): Promise<Record<string, string>> {
    const token = await signToken(SECRET, { subject: 'tester', environments: [environment], scope, ttl: 60 });
    return { authorization: `Bearer ${token}`, 'environment-id': environment };
  }

  async registerUser(username: string, environment?: string): Promise<{ id: number; objectId: string }> {
    const payload = { username, email: `${username}@example.com` };
    return (await this.call<{ id: number; objectId: string }>('POST', '/api/v3/users', { payload, environment })).body;
  }

  async createWorkspace(name: string): Promise<{ id: number }> {
    return (await this.call<{ id: number }>('POST', '/api/v3/workspaces', { payload: { name } })).body;
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.app.close();
  }
}
