import { randomUUID } from 'node:crypto';
import { type StreamLimits } from '#platform';
import { bearer, OpenStream, type Service, startService } from './service.js';
import { openView, type View } from './view.js';

/** Activities with ids that no other test has. */
export const named = (...names: string[]) => names.map((name) => ({ id: `${name}-${randomUUID()}` }));
export const idsOf = (sent: { id: string }[]) => sent.map(({ id }) => id);

/** What the specs of a stream over HTTP share: views and an instance of the stream of their own. */
export class StreamSuite {
  readonly environment = 'acme';
  view!: View;
  service!: Service;
  authorization!: string;
  private readonly streams: OpenStream[] = [];
  private readonly others: Service[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** The users 1 to 3 of `acme`, and 1 and 2 of `other`. */
  async start(): Promise<void> {
    this.view = await openView(this.env.DATABASE_URL!);
    for (const environment of ['acme', 'other', 'acme', 'other', 'acme']) await this.view.register(environment);
    this.service = await this.another();
    this.authorization = await bearer([this.environment]);
  }

  /** One more instance on the same views. */
  async another(options: { port?: number; limits?: Partial<StreamLimits> } = {}): Promise<Service> {
    const service = await startService(this.view, { redisUrl: this.env.REDIS_URL!, ...options });
    this.others.push(service);
    return service;
  }

  async open(path: string, headers: Record<string, string> = {}, at = this.service): Promise<OpenStream> {
    const stream = await OpenStream.open(at.url + path, { authorization: this.authorization, ...headers });
    this.streams.push(stream);
    return stream;
  }

  /** What an EventSource fetches with, since it sends no header itself. */
  readonly fetch = (url: string | URL, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...(init.headers as object), authorization: this.authorization } });

  leaveAll(): void {
    for (const stream of this.streams.splice(0)) stream.leave();
  }

  async stop(): Promise<void> {
    this.leaveAll();
    for (const service of this.others) await service.stop();
    await this.view.close();
  }
}
