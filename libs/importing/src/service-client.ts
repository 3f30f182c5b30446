import { setTimeout as pause } from 'node:timers/promises';
import { ImportError } from './import-error.js';

/** Where the service is, and as whom to speak to it. */
export interface Service {
  readonly url: string;
  readonly environment: string;
  /** A token that is good now; asked for before each request, so that a long import can renew it. */
  token(): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or undefined where the body is none. */
  readonly body: unknown;
}

/** What the service says of a request that it does not take. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  /** JSON pointers into the body. */
  readonly pointers: readonly string[];
}

export interface Patience {
  /** For how long one request is sent again while the service is overloaded, restarting or gone. */
  readonly patienceMs: number;
  /** The longest wait for one answer. */
  readonly timeoutMs: number;
}

/** A request whose answer never came: the service may have obeyed it or not. */
interface Lost {
  readonly lost: string;
}

/** Text and bytes are sent as they are, anything else as JSON. */
type Send = { readonly body?: unknown; readonly headers?: Record<string, string> };

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** A server may ask for a longer wait than we choose ourselves, though not for any. */
const LONGEST_ASKED_MS = 60_000;

/** A client of the public HTTP interface that waits and sends again where the interface says that this helps. */
export class ServiceClient {
  private readonly base: URL;
  private hasAnswered = false;

  constructor(
    private readonly service: Service,
    private readonly patience: Patience = { patienceMs: 300_000, timeoutMs: 60_000 },
  ) {
    this.base = baseOf(service.url);
  }

  /**
   * The answer to one request, whatever its status, once the service takes requests.
   * @throws ImportError when it does not within the patience, or takes nothing from this caller (401, 403)
   */
  async send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, send: Send = {}): Promise<Answer> {
    const outcome = await this.poll(
      () => this.attempt(method, path, send),
      (outcome) => 'lost' in outcome || outcome.status === 429 || outcome.status >= 500,
    );
    const answer = outcome as Answer;
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw new ImportError(`The service does not take the token: ${refusalOf(answer).detail}`);
  }

  /** Like `send`, for a command: where the answer is 202, waits for what it comes to. */
  async command(method: 'POST' | 'DELETE', path: string, send: Send = {}): Promise<Answer> {
    const answer = await this.send(method, path, send);
    const location = answer.headers.get('location');
    if (answer.status !== 202 || location === null) return answer;
    const outcomeAt = this.pathOf(location);
    return this.poll(
      () => this.send('GET', outcomeAt),
      ({ body }) => (body as { status?: unknown } | undefined)?.status === 'pending',
    );
  }

  /** Asks until there is nothing to wait for. Not p-retry, which cannot wait for as long as `Retry-After` says. */
  private async poll<T extends Answer | Lost>(ask: () => Promise<T>, mustWait: (outcome: T) => boolean): Promise<T> {
    const deadline = performance.now() + this.patience.patienceMs;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await ask();
      if (!mustWait(outcome)) return outcome;
      const wait = waitBefore(attempt, outcome);
      if (performance.now() + wait > deadline) throw this.givenUp(outcome);
      await pause(wait);
    }
  }

  /** The path and query of an address that the service gave: the service may know itself by another host name. */
  pathOf(address: string): string {
    const { pathname, search } = new URL(address, this.base);
    // A path before `/api/` is one by which it is known from outside, and need not be there from here.
    return pathname.slice(Math.max(0, pathname.indexOf('/api/')) + 1) + search;
  }

  private async attempt(method: string, path: string, { body, headers }: Send): Promise<Answer | Lost> {
    const authorization = `Bearer ${await this.service.token()}`;
    try {
      const response = await fetch(new URL(path, this.base), {
        method,
        headers: {
          authorization,
          'environment-id': this.service.environment,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(this.patience.timeoutMs),
      });
      const text = await response.text();
      this.hasAnswered = true;
      return { status: response.status, headers: response.headers, body: parsed(text) };
    } catch (error) {
      // The answer may have been lost on its way back; all that this client sends may be sent again.
      if (this.hasAnswered) return { lost: reason(error) };
      throw new ImportError(`The service at ${this.base.href} does not answer (${reason(error)}). Is it running?`);
    }
  }

  private givenUp(outcome: Answer | Lost): ImportError {
    const said = 'lost' in outcome ? outcome.lost : `${outcome.status} ${refusalOf(outcome).detail}`.trim();
    const minutes = Math.round(this.patience.patienceMs / 6_000) / 10;
    return new ImportError(`The service has taken nothing for ${minutes} minutes (${said}).`);
  }
}

/** What a problem answer says (RFC 9457); the code is the last part of its `type`. */
export function refusalOf({ status, body }: Answer): Refusal {
  const { type, title, detail, errors } = (body ?? {}) as Record<string, unknown>;
  const code = typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : '';
  const pointers = Array.isArray(errors) ? errors.map((error: { pointer?: unknown }) => String(error.pointer)) : [];
  const told = [detail, title].find((text) => typeof text === 'string');
  return { code: code || `http-${status}`, detail: told ?? `the answer had the status ${status}`, pointers };
}

function baseOf(url: string): URL {
  const base = URL.parse(url.endsWith('/') ? url : `${url}/`);
  if (base?.protocol === 'http:' || base?.protocol === 'https:') return base;
  throw new ImportError(`"${url}" is no address of a service, such as http://127.0.0.1:3000.`);
}

/** As long as the service asks for, else twice as long each time; a random part keeps clients from coming back together. */
function waitBefore(attempt: number, outcome: Answer | Lost): number {
  const asked = 'lost' in outcome ? undefined : retryAfterMs(outcome.headers.get('retry-after'));
  const chosen = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
  return asked === undefined ? chosen : Math.min(asked, LONGEST_ASKED_MS) + chosen / 10;
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string };
  return cause?.code ?? cause?.message ?? message;
}
