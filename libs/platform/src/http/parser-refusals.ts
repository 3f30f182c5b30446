import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';
import { Problem, type ProblemCode } from '../problems.js';
import { type Cors } from './cors.js';
import { problemBody } from './problem-body.js';

// Who is still sending would otherwise be cut off before it reads why.
const LINGER_MS = 1_000;

const CODES: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'too-large',
};

const DETAILS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'request-timeout': 'The request did not arrive in time.',
  'headers-too-large': 'The address and the headers are too large together.',
  'too-large': 'The extensions of a chunk are too large.',
};

const ORIGIN_LINE = /\r\norigin:[ \t]*([^\s]+)[ \t]*\r\n/i;

/**
 * What Node's parser refuses, which no route and no hook hears of, answered like any other error. Of which version the
 * call was meant to be nobody knows: it is a problem document.
 */
export class ParserRefusals {
  private cors: Cors | undefined;
  private readonly answering = new WeakMap<Socket, { request: IncomingMessage; answer: ServerResponse }>();

  /** Fastify's `clientErrorHandler`. */
  readonly refuse = (error: NodeJS.ErrnoException & { rawPacket?: unknown }, socket: Socket): void => {
    if (!socket.writable) return;
    if (!/^(HPE_|ERR_HTTP_)/.test(String(error.code)) || this.isAnswering(socket) || socket.bytesRead === 0) {
      socket.destroy();
      return;
    }
    const headers = this.cors?.headersFor(this.originOf(socket, error.rawPacket));
    socket.end(refusal(CODES[error.code!] ?? 'invalid-request', headers));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };

  watch(fastify: FastifyInstance): void {
    this.cors = fastify.cors;
    fastify.addHook('onRequest', (request, reply, done) => {
      this.answering.set(request.raw.socket, { request: request.raw, answer: reply.raw });
      done();
    });
  }

  /** Of the request whose body cannot be read, or of the head, where that came in one piece. */
  private originOf(socket: Socket, bytes: unknown): string | undefined {
    const { request } = this.answering.get(socket) ?? {};
    if (request && !request.complete) return request.headers.origin;
    return ORIGIN_LINE.exec(Buffer.isBuffer(bytes) ? bytes.toString('latin1') : '')?.[1];
  }

  /** Whether an answer has begun, into the middle of which this would be written, or was given before all of its request was there. */
  private isAnswering(socket: Socket): boolean {
    const { request, answer } = this.answering.get(socket) ?? {};
    return answer !== undefined && answer.headersSent && !(answer.writableFinished && request?.complete);
  }
}

function refusal(code: ProblemCode, headers: Readonly<Record<string, string>> = {}): string {
  const problem = new Problem(code, DETAILS[code] ?? 'The request is no HTTP that can be read.');
  const id = `urn:uuid:${randomUUID()}`;
  const { mediaType, body } = problemBody(problem, '', id);
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${mediaType}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'X-Content-Type-Options: nosniff',
    `Request-Id: ${id}`,
    `Date: ${new Date().toUTCString()}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    text,
  ].join('\r\n');
}
