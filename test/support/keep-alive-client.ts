import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

// A client that itself was held up for longer than this asks on a new connection: a server may well have ended the old one.
const STALE_MS = 200;

/** One connection that is kept, and a new one where the server has closed it or there was none. */
export class KeepAliveClient {
  private agent = freshAgent();
  private answeredAt = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** The answer; undefined where nobody took the connection. Rejects where a request was cut off. */
  async ask(method: string, path: string, body?: object, key?: string): Promise<Answered | undefined> {
    if (Date.now() > this.answeredAt + STALE_MS) this.close();
    const asking = request(this.url + path, { method, agent: this.agent, headers: this.headers(body, key) });
    asking.end(body && JSON.stringify(body));
    try {
      return await answerTo(asking);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return undefined;
      throw new Error(`${method} ${path} was sent and has no answer`, { cause: error });
    } finally {
      this.answeredAt = Date.now();
    }
  }

  close(): void {
    this.agent.destroy();
    this.agent = freshAgent();
  }

  private headers(body?: object, key?: string): Record<string, string> {
    return {
      authorization: `Bearer ${this.token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    };
  }
}

const freshAgent = () => new Agent({ keepAlive: true, maxSockets: 1 });

async function answerTo(asking: ClientRequest): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  asking.once('response', resolve).once('error', reject);
  const response = await promise;
  return { status: response.statusCode!, headers: response.headers, text: await text(response) };
}
