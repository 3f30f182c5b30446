import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Activities, bodyOf, renumber } from './traffic-bodies.ts';

/** What is sent: over so many connections, each with one request under way, for so long. */
export interface Traffic {
  readonly port: number;
  readonly token: string;
  readonly activities: Activities;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second, whatever is answered; without it a connection sends when it has its answer. */
  readonly rate?: number;
}

/** What came of it. Times in milliseconds. */
export interface TrafficResult {
  readonly seconds: number;
  readonly requests: number;
  /** Activities that were acknowledged. */
  readonly accepted: number;
  /** Requests by the status of their answer. */
  readonly statuses: Record<string, number>;
  readonly p50: number;
  readonly p99: number;
  /** The slowest refusal. */
  readonly slowestRefusal: number;
  /** Requests that were due while every connection was waiting. */
  readonly unsent: number;
}

/** Sends from a process of its own: the same sender for the service and for whatever stands beside it. */
export async function send(traffic: Traffic): Promise<TrafficResult> {
  const child = fork(import.meta.filename);
  child.send(traffic);
  const [result] = (await once(child, 'message')) as [TrafficResult];
  return result;
}

type OnAnswer = (status: number, accepted: number, ms: number, line: Line) => void;

/** A connection of HTTP/1.1 that is kept: no more of the protocol than it takes, so that the sender is not what is measured. */
class Line {
  busy = false;
  private readonly socket: Socket;
  private readonly request: Buffer[];
  private readonly body: Buffer;
  private answer = '';
  private began = 0;
  private readonly onAnswer: OnAnswer;

  constructor({ port, token, activities }: Traffic, number: number, onAnswer: OnAnswer) {
    this.onAnswer = onAnswer;
    this.body = bodyOf(activities, number);
    const head = [
      'POST /api/v3/activities HTTP/1.1',
      'host: 127.0.0.1',
      `authorization: Bearer ${token}`,
      `content-type: ${activities.mediaType}`,
      `content-length: ${this.body.length}`,
    ];
    this.request = [Buffer.from(`${head.join('\r\n')}\r\n\r\n`), this.body];
    this.socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    this.socket.on('data', (text: string) => this.read(text));
    this.socket.on('close', () => this.busy && this.onAnswer(0, 0, performance.now() - this.began, this));
    this.socket.on('error', () => undefined);
  }

  send(activities: Activities, number: number): void {
    this.busy = true;
    renumber(activities, this.body, number);
    this.began = performance.now();
    this.socket.write(Buffer.concat(this.request));
  }

  close(): void {
    this.busy = false;
    this.socket.destroy();
  }

  private read(text: string): void {
    this.answer += text;
    const end = this.answer.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.answer)?.[1] ?? 0);
    if (this.answer.length < end + 4 + length) return;
    const accepted = Number(/"accepted":(\d+)/.exec(this.answer)?.[1] ?? 0);
    const status = Number(this.answer.slice(9, 12));
    this.answer = '';
    this.busy = false;
    this.onAnswer(status, accepted, performance.now() - this.began, this);
  }
}

async function run(traffic: Traffic): Promise<TrafficResult> {
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  let [accepted, unsent, sent, slowestRefusal] = [0, 0, 0, 0];
  const start = performance.now();
  const until = start + traffic.seconds * 1_000;
  const idle: Line[] = [];
  const next = (line: Line) => line.send(traffic.activities, sent++);
  const lines: Line[] = [];
  const finished = Promise.withResolvers<void>();
  const onAnswer = (status: number, count: number, ms: number, line: Line) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    accepted += count;
    if (status === 202) times.push(ms);
    else slowestRefusal = Math.max(slowestRefusal, ms);
    if (status === 0) return;
    if (traffic.rate === undefined && performance.now() < until) next(line);
    else idle.push(line);
    if (performance.now() >= until && lines.every(({ busy }) => !busy)) finished.resolve();
  };
  for (let n = 0; n < traffic.connections; n += 1) lines.push(new Line(traffic, n, onAnswer));
  if (traffic.rate === undefined) lines.forEach(next);
  else {
    idle.push(...lines);
    let due = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      if (now >= until) clearInterval(timer);
      for (; due < ((Math.min(now, until) - start) / 1_000) * traffic.rate!; due += 1) {
        const line = idle.pop();
        if (line) next(line);
        else unsent += 1;
      }
    }, 1);
  }
  await finished.promise;
  const seconds = (performance.now() - start) / 1_000;
  lines.forEach((line) => line.close());
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { seconds, requests: sent, accepted, statuses, p50: at(0.5), p99: at(0.99), slowestRefusal, unsent };
}

if (process.send) {
  process.once('message', (traffic: Traffic) => {
    void run(traffic).then((result) => process.send!(result, () => process.exit(0)));
  });
}
