import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export { type Live, live, type LiveOptions, LiveRefused, type Read } from './live.js';
export { type StreamedLine, streamedLines } from './stream.js';
export type { components, operations, paths } from './schema.js';

type Schemas = components['schemas'];
export type User = Schemas['User'];
export type ListedUser = Schemas['ListedUser'];
export type UserInput = Schemas['UserInput'];
export type UserPatch = Schemas['UserPatch'];
export type Workspace = Schemas['Workspace'];
export type Group = Schemas['Group'];
export type Role = Schemas['Role'];
export type Activity = Schemas['Activity'];
export type IncomingActivity = Schemas['IncomingActivity'];
export type CloudEvent = Schemas['CloudEvent'];
export type Problem = Schemas['Problem'];
export type ErrorV2 = Schemas['ErrorV2'];

/** A method a verb, as openapi-fetch has them: `GET('/api/v3/users/{user_id}', { params: { path: { user_id: 1 } } })`. */
export type Tidemark = Client<paths>;

export interface TidemarkOptions {
  /** Where the service is, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The environment that every call means. */
  readonly environment: string;
  /** A bearer token, or how to get one that is still good. */
  readonly token: string | (() => string | Promise<string>);
  /** Another fetch, for proxies and tests. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of one environment. Calls resolve to `{ data, error, response }`: `data` for an answer, `error` for a problem
 * (RFC 9457; v2 has its own shape). They reject only where the service does not answer at all.
 */
export function createTidemark({ url, environment, token, fetch }: TidemarkOptions): Tidemark {
  const client = createClient<paths>({ baseUrl: url, ...(fetch && { fetch }) });
  client.use({
    async onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`);
      request.headers.set('environment-id', environment);
      return request;
    },
  });
  return client;
}

/** What a call needs to send a body as it is, and not as JSON: `POST('/api/v3/activities', raw(type, text))`. */
export function raw(mediaType: string, text: string) {
  return { body: text, bodySerializer: (body: unknown) => body, headers: { 'content-type': mediaType } };
}

/** Items as lines: `POST('/api/v3/users/batch', lines(users))`. */
export function lines(items: readonly object[]) {
  return raw('application/x-ndjson', items.map((item) => `${JSON.stringify(item)}\n`).join(''));
}

/** Events (CloudEvents 1.0) as a batch: `POST('/api/v3/activities', events(batch))`. */
export function events(batch: readonly CloudEvent[]) {
  return raw('application/cloudevents-batch+json', JSON.stringify(batch));
}
