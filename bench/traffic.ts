import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { median, quantile } from './report.ts';
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
    this.socket.on('close', () => this.cut());
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

  private cut(): void {
    if (!this.busy) return;
    this.busy = false;
    this.onAnswer(0, 0, performance.now() - this.began, this);
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

/** All lines of one run, and what came of what they sent. */
class Sending {
  private readonly lines: Line[];
  private readonly idle: Line[] = [];
  private readonly statuses: Record<string, number> = {};
  private readonly times: number[] = [];
  private readonly finished = Promise.withResolvers<void>();
  private readonly traffic: Traffic;
  private readonly start = performance.now();
  private readonly until: number;
  private accepted = 0;
  private sent = 0;
  private unsent = 0;
  private slowestRefusal = 0;

  constructor(traffic: Traffic) {
    this.traffic = traffic;
    this.until = this.start + traffic.seconds * 1_000;
    const onAnswer: OnAnswer = (...answer) => this.note(...answer);
    this.lines = Array.from({ length: traffic.connections }, (_, n) => new Line(traffic, n, onAnswer));
  }

  async run(): Promise<TrafficResult> {
    if (this.traffic.rate === undefined) this.lines.forEach((line) => this.next(line));
    else this.pace(this.traffic.rate);
    await this.finished.promise;
    const seconds = (performance.now() - this.start) / 1_000;
    this.lines.forEach((line) => line.close());
    const { sent: requests, accepted, statuses, slowestRefusal, unsent } = this;
    const [p50, p99] = [median(this.times), quantile(this.times, 0.99)];
    return { seconds, requests, accepted, statuses, p50, p99, slowestRefusal, unsent };
  }

  private next(line: Line): void {
    line.send(this.traffic.activities, this.sent++);
  }

  /** As many requests a second as were asked for, whatever is answered, while there is a line that is free. */
  private pace(rate: number): void {
    this.idle.push(...this.lines);
    let due = 0;
    const timer = setInterval(() => {
      const now = Math.min(performance.now(), this.until);
      for (; due < ((now - this.start) / 1_000) * rate; due += 1) {
        const line = this.idle.pop();
        if (line) this.next(line);
        else this.unsent += 1;
      }
      if (now < this.until) return;
      clearInterval(timer);
      this.endWhenAnswered();
    }, 1);
  }

  private note(status: number, accepted: number, ms: number, line: Line): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    this.accepted += accepted;
    if (status === 202) this.times.push(ms);
    else this.slowestRefusal = Math.max(this.slowestRefusal, ms);
    const isOver = performance.now() >= this.until;
    // A line that was cut sends nothing more.
    if (status !== 0 && this.traffic.rate === undefined && !isOver) this.next(line);
    else if (status !== 0) this.idle.push(line);
    if (isOver) this.endWhenAnswered();
  }

  private endWhenAnswered(): void {
    if (this.lines.every(({ busy }) => !busy)) this.finished.resolve();
  }
}

if (process.send) {
  process.once('message', (traffic: Traffic) => {
    void new Sending(traffic).run().then((result) => process.send!(result, () => process.exit(0)));
  });
}
