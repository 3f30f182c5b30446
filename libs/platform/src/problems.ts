/** One entry of the catalogue: status and title of an error, and the advice on its page under `/problems/`. */
interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
}

/** Every error that a client can get, by its code. The code is also the last part of the problem's `type`. */
export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    advice:
      'Something in the path, the query or the headers is wrong, or the body is no JSON. "errors" names each place and what it takes.',
  },
  'environment-required': {
    status: 400,
    title: 'The environment is missing',
    advice:
      'Send the header environment-id. On v3 it may be left out only where the token names exactly one environment.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid token is required',
    advice:
      'Send "Authorization: Bearer <JWT>" with a token that is signed for this service and has not expired. "npx tidemark token" makes one for your own machine.',
  },
  'environment-forbidden': {
    status: 403,
    title: 'The token does not name this environment',
    advice: 'Use an environment of the token\'s claim "environments", or get a token that names this one.',
  },
  'missing-scope': {
    status: 403,
    title: 'The token lacks a scope',
    advice: 'Get a token whose claim "scope" has the scope that the detail names.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing here',
    advice:
      'Check the id and the environment. What was deleted, and what belongs to another environment, is not found either.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address takes other methods',
    advice: 'Use one of the methods that the header Allow names; /docs lists the calls.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    advice:
      'A request has 30 seconds to arrive, unless the service is set otherwise. Send it again, or several smaller ones.',
  },
  'username-taken': {
    status: 409,
    title: 'The username is taken',
    advice:
      'Usernames are unique within an environment without regard to case and compatible spellings. Choose another.',
  },
  'email-taken': {
    status: 409,
    title: 'The e-mail address is taken',
    advice:
      'Addresses are unique within an environment without regard to case and compatible spellings. Choose another.',
  },
  'in-flight': {
    status: 409,
    title: 'The first request with this key is still running',
    advice:
      'Ask again in a moment with the same Idempotency-Key and body: the answer is then that of the first request.',
  },
  'unknown-position': {
    status: 410,
    title: 'The position is not known',
    advice:
      'It is of another stream or environment, or of views that were lost. Read again what you derive from activities, and go on behind the position of that answer, or behind the Tidemark-Position of this one.',
  },
  'stale-version': {
    status: 412,
    title: 'Somebody changed it in between',
    advice: 'If-Match names a version that is no longer the current one. Read it again and decide anew.',
  },
  'too-large': {
    status: 413,
    title: 'The request is too large',
    advice:
      'A body takes 64 KiB, one of many items 8 MiB and 10,000 of them; what is packed counts unpacked. Send several smaller requests.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    advice:
      'Send application/json, or one of the media types that the call lists in /docs; packed, if at all, by gzip, deflate, br or zstd.',
  },
  'invalid-body': {
    status: 422,
    title: 'The body is not valid',
    advice: 'The body is well-formed, but something in it is not allowed. "errors" names each place and what it takes.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    advice: 'A key belongs to one request for 24 hours. Use a new key for a new request.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    advice: 'The address and all headers together are limited to 16 KiB. Send shorter ones.',
  },
  overloaded: {
    status: 429,
    title: 'Too much at once',
    advice:
      'Wait as long as Retry-After says, then send the same request again. Resending the same ids is always safe.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    advice: 'The fault is ours. Quote the "instance" of the answer; the log of the service has the cause under it.',
  },
  unavailable: {
    status: 503,
    title: 'A server that this needs does not answer',
    advice:
      'Wait as long as Retry-After says, then send the same request again. Resending the same ids is always safe.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A place in the input that is at fault: a JSON pointer into the body, or a parameter of path, query or headers. */
export interface InputError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly code: string;
  readonly detail: string;
}

/** An error that a client is told about. Whatever else is thrown becomes `internal`, its text goes to the log alone. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly more: {
      errors?: readonly InputError[];
      headers?: Record<string, string>;
      /** More exact than the code, for those who run the service. */
      reason?: string;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  get title(): string {
    return PROBLEMS[this.code].title;
  }
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** The same answer for what never existed, what is deleted and what is another environment's. */
export function notFound(what: string): Problem {
  return new Problem('not-found', `There is no such ${what} in this environment.`);
}
