import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { Module } from '@nestjs/common';
import {
  type Config,
  createLogger,
  httpApplication,
  type Logger,
  PlatformModule,
  Postgres,
  readConfig,
  signToken,
  type StreamLimits,
} from '#platform';
import { DeletionWatch } from '../src/deletion-watch.js';
import { StreamHub } from '../src/hub/stream-hub.js';
import { OpenStreams } from '../src/open-streams.js';
import { StreamModule } from '../src/stream.module.js';
import { StreamTickets } from '../src/tickets.js';
import { idsIn } from './events.js';
import { type View } from './view.js';

const SECRET = 'a secret of the specs, 32 bytes or more';

@Module({})
class ServiceModule {}

/** The stream's routes on a port of their own, reading the views of a namespace. */
export async function startService(
  view: View,
  options: { redisUrl: string; port?: number; logger?: Logger; limits?: Partial<StreamLimits> },
) {
  const { logger = createLogger('spec', 'silent') } = options;
  const config: Config = {
    ...readConfig({
      KAFKA_BROKERS: 'none:9092',
      DATABASE_URL: view.url,
      REDIS_URL: options.redisUrl,
      AUTH_JWT_SECRET: SECRET,
      TIDEMARK_NAMESPACE: view.namespace.name,
    }),
    port: options.port ?? 0,
    streams: { maxOpen: 1_000, maxOpenPerEnvironment: 1_000, maxAge: 3_600, ...options.limits },
  };
  const app = await httpApplication(
    { module: ServiceModule, imports: [PlatformModule.with(config, logger), StreamModule] },
    { auth: config.auth, logger },
  );
  await app.listen(config.port, config.host);
  const port = Number(new URL(await app.getUrl()).port);
  const streams = app.get(OpenStreams, { strict: false });
  const deletions = app.get(DeletionWatch, { strict: false });
  const hub = app.get(StreamHub, { strict: false });
  const tickets = app.get(StreamTickets, { strict: false });
  const postgres = app.get(Postgres);
  return { postgres, tickets, port, url: `http://127.0.0.1:${port}`, streams, deletions, hub, stop: () => app.close() };
}

export type Service = Awaited<ReturnType<typeof startService>>;

export async function bearer(environments: string[], options: { scope?: string; ttl?: number } = {}): Promise<string> {
  const { scope = 'activities:read', ttl = 3600 } = options;
  return `Bearer ${await signToken(SECRET, { subject: 'spec', environments, scope, ttl })}`;
}

/** An answer that is still being read: its status, its text so far, and how it ended. */
export class OpenStream {
  text = '';
  /** Resolves to true when the server ended the stream in order, to false when the connection broke. */
  readonly ended: Promise<boolean>;

  private constructor(
    private readonly request: ClientRequest,
    private readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.ended = promise;
    response.on('error', () => undefined).on('close', () => resolve(response.complete));
  }

  /** Resolves when the headers are there. */
  static open(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false, headers }, (response) => resolve(new OpenStream(request, response)));
      request.on('error', reject);
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get headers() {
    return this.response.headers;
  }

  get ids(): string[] {
    return idsIn(this.text);
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  leave(): void {
    this.request.destroy();
  }
}
