import type { Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';
import { type StreamedLine, streamedLines } from './stream.js';

type Activity = components['schemas']['Activity'];
type Reset = components['schemas']['StreamReset'];

/**
 * What follows a read: its answer, each activity that the answer does not show yet, once, and, where the position is not known
 * any more, that the next answer stands in for all that came before.
 */
export type Live<Data> =
  | { readonly kind: 'answer'; readonly data: Data; readonly position: string }
  | { readonly kind: 'activity'; readonly activity: Activity; readonly position: string }
  | { readonly kind: 'reset'; readonly reason: Reset['reason'] };

/** A call of the client whose answer has a `Tidemark-Position`: a feed, a count, active workspaces, any statistic. */
export type Read<Data> = () => Promise<{ data?: Data; error?: unknown; response: Response }>;

export interface LiveOptions {
  /** Whose activities follow: a user's, those in a workspace, or the environment's where neither is named. */
  readonly userId?: number;
  readonly workspaceId?: number;
  /** Only activities of these types. */
  readonly types?: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** About how many milliseconds to wait before the first attempt to come back, or to begin anew; longer each time, up to 30 s. */
  readonly retryMs?: number;
}

/** The service refuses the read or the stream, and would again: what it says, and its status. */
export class LiveRefused extends Error {
  override readonly name = 'LiveRefused';

  constructor(
    readonly status: number,
    readonly problem: unknown,
  ) {
    super(`Tidemark answers ${status}: ${JSON.stringify(problem)}`);
  }
}

// The service says at least every 8 s that it is still there.
const SILENCE_MS = 25_000;
const LONGEST_RETRY_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 600_000;

/**
 * Reads, and goes on from there for as long as it is listened to: it comes back by itself where the connection is lost, with
 * nothing missing and nothing twice. Each request asks for a token anew, where `token` is a function. Throws `LiveRefused`, as
 * where the user is deleted.
 *
 *     const read = () => tidemark.GET('/api/v3/users/{user_id}/activities/count', { params: { path: { user_id: 7 } } });
 *     for await (const item of live(tidemark, read, { userId: 7 })) …
 */
export async function* live<Data>(
  tidemark: Client<paths>,
  read: Read<Data>,
  options: LiveOptions = {},
): AsyncGenerator<Live<Data>> {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...(options.signal ? [options.signal] : [])]);
  const retry = new Retry(options.retryMs ?? 1_000, signal);
  const resets = new Retry(options.retryMs ?? 1_000, signal);
  try {
    while (!signal.aborted) {
      const answer = await answered(read, retry);
      if (!answer) return;
      yield { kind: 'answer', ...answer };
      const openAt: Open = (after, over) => open(tidemark, options, after, over);
      const reset = yield* follow(openAt, answer.position, retry, resets);
      if (!reset) return;
      yield { kind: 'reset', reason: reset.reason };
      // The positions of a read of another environment are never known: without a wait it would read again for ever.
      await resets.wait();
    }
  } finally {
    left.abort();
  }
}

type Open = (after: string, signal: AbortSignal) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

/** Until the position is not known any more, or nobody listens. */
async function* follow(
  openAt: Open,
  from: string,
  retry: Retry,
  resets: Retry,
): AsyncGenerator<Live<never>, Reset | undefined> {
  for (let position = from; !retry.signal.aborted; await retry.wait()) {
    const connection = new AbortController();
    try {
      const over = AbortSignal.any([retry.signal, connection.signal]);
      const answer = await retry.attempt(() => unlessSilent(openAt(position, over), connection));
      const body = answer?.data as ReadableStream<Uint8Array> | undefined;
      for await (const line of untilItBreaks(streamedLines(body && watched(body, connection)))) {
        retry.worked();
        if (line.reset) return line.reset;
        const { position: reached, ...activity } = line;
        position = reached;
        if (!isActivity(activity)) continue;
        resets.worked();
        yield { kind: 'activity', activity, position };
      }
    } finally {
      connection.abort();
    }
  }
  return undefined;
}

const isActivity = (line: object): line is Activity => 'id' in line;

function open(
  tidemark: Client<paths>,
  { userId, workspaceId, types }: LiveOptions,
  after: string,
  signal: AbortSignal,
) {
  const query = { after, ...(types && { types: types.join(',') }) };
  const asLines = { headers: { accept: 'application/x-ndjson' }, parseAs: 'stream' as const, signal };
  if (userId !== undefined) {
    const params = { path: { user_id: userId }, query };
    return tidemark.GET('/api/v3/users/{user_id}/stream', { params, ...asLines });
  }
  if (workspaceId === undefined) return tidemark.GET('/api/v3/stream', { params: { query }, ...asLines });
  return tidemark.GET('/api/v3/workspaces/{id}/stream', { params: { path: { id: workspaceId }, query }, ...asLines });
}

/** Undefined where nobody listens any more. */
async function answered<Data>(read: Read<Data>, retry: Retry): Promise<{ data: Data; position: string } | undefined> {
  for (; !retry.signal.aborted; await retry.wait()) {
    const answer = await retry.attempt(read);
    if (!answer) continue;
    const position = answer.response.headers.get('tidemark-position');
    if (position === null) throw new TypeError(`${answer.response.url} has no Tidemark-Position to go on from`);
    retry.worked();
    return { data: answer.data as Data, position };
  }
  return undefined;
}

/** A connection that breaks ends like one that is closed. */
async function* untilItBreaks(lines: AsyncGenerator<StreamedLine>): AsyncGenerator<StreamedLine> {
  try {
    for (;;) {
      const next = await lines.next().catch(() => undefined);
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    await lines.return(undefined);
  }
}

/** The same bytes. They are asked for one by one: while a slow listener has enough of them, nobody waits for the service. */
function watched(body: ReadableStream<Uint8Array>, connection: AbortController): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await unlessSilent(reader.read(), connection);
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** What is waited for; a connection on which it does not come for too long is given up. */
function unlessSilent<Of>(awaited: Promise<Of>, connection: AbortController): Promise<Of> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      connection.abort();
      reject(new Error(`nothing came for ${SILENCE_MS} ms`));
    }, SILENCE_MS);
    void awaited.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Attempts that fail for now, and how long to wait for the next. */
class Retry {
  private failures = 0;
  private refusals = 0;
  private leastMs = 0;

  constructor(
    private readonly firstMs: number,
    readonly signal: AbortSignal,
  ) {}

  worked(): void {
    this.failures = 0;
    this.refusals = 0;
  }

  /** Undefined where it is worth while to try again. */
  async attempt<Of extends { error?: unknown; response: Response }>(call: () => Promise<Of>): Promise<Of | undefined> {
    this.leastMs = 0;
    const answer = await call().catch(() => undefined);
    if (!answer || answer.response.ok) return answer;
    const { status, headers } = answer.response;
    // A token may have ended on the way; a second one that is refused is no accident.
    if (status === 401) this.refusals += 1;
    if (this.refusals > 1 || (status < 500 && status !== 401 && status !== 429 && status !== 408)) {
      throw new LiveRefused(status, answer.error);
    }
    this.leastMs = retryAfterMs(headers);
    return undefined;
  }

  /** Spread, so that clients that were cut off together do not come back together. */
  async wait(): Promise<void> {
    const longest = Math.min(LONGEST_RETRY_MS, this.firstMs * 2 ** this.failures);
    this.failures += 1;
    await this.pause(Math.max(this.leastMs, longest * (0.5 + Math.random() / 2)));
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (this.signal.aborted) end();
      else this.signal.addEventListener('abort', end);
    });
  }
}

/** `Retry-After` is a number of seconds, or a date, as proxies may have it. 0 where it says nothing, or what is neither. */
function retryAfterMs(headers: Headers): number {
  const said = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : 0;
}
