import type { Operation } from './api-document.js';
import type { ApiRequest } from './api-requests.js';
import type { Client } from './service.js';

const TOO_LARGE = 8 * 1024 * 1024 + 1;

/** The user that is no more, registered under the key `gone`. */
const gone = { username: 'gone', email: 'gone@example.com' };

/** The user that is there, registered under the key `used`. */
export const taken = { username: 'taken', email: 'taken@example.com' };

// Its 202 says where the outcome will be.
export const isCommand = ({ responses }: Operation) => 'Location' in (responses[202]?.headers ?? {});

/** What makes a request go wrong in one way, where the call can go wrong so. */
export interface Fault {
  readonly name: string;
  readonly status: number;
  /** The code of the problem; none where the answer is no problem. */
  readonly code?: string;
  readonly applies: (operation: Operation) => boolean;
  readonly spoil: (request: ApiRequest, operation: Operation) => ApiRequest;
  /** What has to happen before. */
  readonly before?: (client: Client) => Promise<unknown>;
}

const leave = async (client: Client) => {
  const { body } = await client('POST', '/api/v3/users', gone, { 'idempotency-key': 'gone' });
  return client('DELETE', `/api/v3/users/${(body as { id: number }).id}`);
};

const takes = (name: string) => (operation: Operation) => operation.parameters.some((known) => known.name === name);
// Also where nobody wants one.
const mayCarryBody = ({ method }: Operation) => method !== 'GET';
const takesBody = ({ requestBody }: Operation) => requestBody !== undefined;
const takesNames = ({ responses, requestBody }: Operation) =>
  requestBody !== undefined && /UsernameTaken/.test(responses[409]?.$ref ?? '');
const withHeaders = (headers: Record<string, string>) => (request: ApiRequest) => {
  return { ...request, headers: { ...request.headers, ...headers } };
};
const withQuery = (query: string) => (request: ApiRequest) => {
  return { ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}${query}` };
};
const withBody =
  (body: string, type = 'application/json') =>
  (request: ApiRequest) => {
    return { ...request, headers: { ...request.headers, 'content-type': type }, body };
  };

export const FAULTS: Fault[] = [
  {
    name: 'figures of a workspace that is not there',
    status: 404,
    code: 'not-found',
    applies: (operation) => operation.path.startsWith('/api/v3/statistics/') && takes('workspace')(operation),
    spoil: (request) => ({ ...request, path: `${request.path.split('?')[0]}?workspace=999999` }),
  },
  {
    name: 'a parameter that there is not',
    status: 400,
    code: 'invalid-request',
    applies: () => true,
    spoil: withQuery('no-such-parameter=1'),
  },
  {
    name: 'an environment that is no id',
    status: 400,
    code: 'invalid-request',
    applies: () => true,
    spoil: withHeaders({ 'environment-id': '../x' }),
  },
  {
    name: 'a body that is no JSON',
    status: 400,
    code: 'invalid-request',
    applies: takesBody,
    spoil: withBody('{'),
  },
  {
    name: 'a page behind the last',
    status: 404,
    code: 'not-found',
    applies: takes('page'),
    spoil: withQuery('page=1000'),
  },
  {
    name: 'a name that somebody has',
    status: 409,
    code: 'username-taken',
    applies: takesNames,
    spoil: withBody(JSON.stringify({ ...taken, email: 'other@example.com' })),
  },
  {
    name: 'an address that somebody has',
    status: 409,
    code: 'email-taken',
    applies: takesNames,
    spoil: withBody(JSON.stringify({ ...taken, username: 'other' })),
  },
  {
    name: 'a position that is not known',
    status: 410,
    code: 'unknown-position',
    applies: takes('wait'),
    spoil: withQuery('wait=0&after=no-position'),
  },
  {
    name: 'a version that is not the current one',
    status: 412,
    code: 'stale-version',
    applies: takes('If-Match'),
    spoil: withHeaders({ 'if-match': '"99"' }),
  },
  {
    name: 'more than 8 MiB',
    status: 413,
    code: 'too-large',
    applies: mayCarryBody,
    spoil: withBody(`"${'x'.repeat(TOO_LARGE)}"`),
  },
  {
    name: 'a media type of no call',
    status: 415,
    code: 'unsupported-media-type',
    applies: mayCarryBody,
    spoil: withBody('text', 'text/plain'),
  },
  {
    name: 'JSON that is none of its bodies',
    status: 422,
    code: 'invalid-body',
    applies: (operation) => takesBody(operation) && operation.operationId !== 'appendActivities',
    spoil: withBody('1'),
  },
  {
    name: 'a batch that is none',
    status: 422,
    code: 'invalid-body',
    applies: ({ operationId }) => operationId === 'appendActivities',
    spoil: withBody('{}', 'application/cloudevents-batch+json'),
  },
  {
    name: 'activities none of which can be taken',
    status: 422,
    applies: ({ operationId }) => operationId === 'appendActivities',
    spoil: withBody('[1]'),
  },
  {
    name: 'a key that another request had',
    status: 422,
    code: 'idempotency-key-reused',
    applies: (operation) => isCommand(operation) || operation.operationId === 'registerUsers',
    spoil: withHeaders({ 'idempotency-key': 'used' }),
  },
  {
    name: 'a key of a user who has been deleted since',
    status: 404,
    code: 'not-found',
    applies: ({ operationId }) => operationId === 'registerUser',
    spoil: ({ headers, ...request }) => ({
      ...request,
      headers: { ...headers, 'idempotency-key': 'gone' },
      body: JSON.stringify(gone),
    }),
    before: leave,
  },
  {
    name: 'a copy that is still good',
    status: 304,
    applies: takes('If-None-Match'),
    spoil: withHeaders({ 'if-none-match': '*' }),
  },
];
