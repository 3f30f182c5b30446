import {
  type Config,
  createLogger,
  Namespace,
  Postgres,
  readConfig,
  SCOPES,
  signToken,
  type ViewVersions,
} from '#platform';
import { createApi } from '../../apps/api/src/api.js';
import { startProjector } from '../../apps/projector/src/projector.js';
import { eventually } from './eventually.js';
import { freshNamespace } from './namespaces.js';
import { dropKeys, dropViews } from './views.js';

const LOG_LEVEL = (process.env.TEST_LOG_LEVEL as 'silent' | undefined) ?? 'silent';

export const SECRET = 'a secret of the tests, 32 bytes or more';

/** A service in this process on the real servers, alone in a namespace of its own. */
export interface Service {
  readonly url: string;
  readonly namespace: Namespace;
  readonly config: ReturnType<typeof readConfig>;
  token(options?: TokenOptions): Promise<string>;
  /** A client of one environment, with every scope unless told otherwise. */
  client(environment?: string, options?: TokenOptions): Promise<Client>;
  /** Leaves the interface up and its views where they are. */
  stopProjector(): Promise<void>;
  stop(): Promise<void>;
}

interface TokenOptions {
  environments?: string[];
  scope?: string;
  ttl?: number;
  subject?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // What tests look into is theirs to know.
  readonly body: any;
}

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/**
 * Another instance joins the namespace of the first: it leaves the views where they are when it stops (`owner`). It may be
 * one of newer code (`versions`). `interfaceOf` changes the settings of its interface alone.
 * `servers` has the settings of others than those of the tests.
 */
export async function startService({
  projector = true,
  namespace = freshNamespace(),
  owner = true,
  servers = process.env,
  versions = undefined as ViewVersions | undefined,
  interfaceOf = undefined as Partial<Config> | undefined,
} = {}): Promise<Service> {
  const config = readConfig({ ...servers, AUTH_JWT_SECRET: SECRET, TIDEMARK_NAMESPACE: namespace, PORT: '0' });
  const logger = createLogger('test', LOG_LEVEL);
  const names = new Namespace(namespace, versions);
  const projecting = projector ? await startProjector(config, logger, names) : undefined;
  // Instances of newer code wait for views of theirs.
  const own = versions ? undefined : projecting;
  await own?.joined;
  const app = await createApi({ ...config, ...interfaceOf }, logger, names);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  // Views that are built anew are behind the log until this instance's projector has come to where it ends.
  if (own) await isReady(url);
  const stopProjector = async () => {
    await projecting?.stop();
    await projecting?.ended;
  };
  const token = (options: TokenOptions = {}) =>
    signToken(SECRET, {
      subject: options.subject ?? 'tester',
      environments: options.environments ?? ['demo'],
      scope: options.scope ?? SCOPES.join(' '),
      ttl: options.ttl ?? 600,
    });
  return {
    url,
    namespace: names,
    config,
    token,
    async client(environment = 'demo', options = {}) {
      const bearer = await token({ environments: [environment], ...options });
      return (method, path, body, headers) =>
        call(url + path, method, body, {
          authorization: `Bearer ${bearer}`,
          'environment-id': environment,
          ...headers,
        });
    },
    stopProjector,
    async stop() {
      await app.close();
      await stopProjector();
      if (!owner) return;
      const postgres = new Postgres(config.databaseUrl, new Namespace(namespace));
      await dropViews(postgres, new Namespace(namespace));
      await dropKeys(postgres, new Namespace(namespace));
      await postgres.close();
    },
  };
}

const isReady = (url: string) =>
  eventually(async () => {
    const { status, body } = await call(`${url}/health/ready`, 'GET');
    if (status !== 200) throw new Error(`not ready: ${JSON.stringify(body)}`);
  });

/** Sends text and bytes as they are, and anything else as JSON. */
export async function call(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isRaw(body) ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') && text !== '';
  return { status: answer.status, headers: answer.headers, body: json ? (JSON.parse(text) as unknown) : text };
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;
