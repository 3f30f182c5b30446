import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** What clients ask for: each one of the paths. */
interface Wanted {
  readonly port: number;
  readonly token?: string;
  readonly paths: readonly string[];
  /** To note how old each activity is when it arrives. */
  readonly timed?: boolean;
}

/** What clients have heard so far. */
interface Heard {
  /** Activities, of all clients together. */
  readonly activities: number;
  /** How many clients have heard at least one. */
  readonly served: number;
  /** How many connections have been lost. */
  readonly lost: number;
  /** From the time that the log gave an activity to its arrival, in ms: of those since the last question; empty where not timed. */
  readonly ages: readonly number[];
}

/** Clients of streams, in a process of their own. */
export interface Clients {
  heard(): Promise<Heard>;
  /** Resolves once they have heard so many activities, with the ages of those since the last question; throws where they hear more, or a connection is lost. */
  until(activities: number): Promise<Heard>;
  stop(): Promise<void>;
}

/** In each activity once, and in nothing else that a stream says. */
export const MARK = '~';
const RECEIVED = '"receivedAt":"';
const TIME_LENGTH = '2026-01-01T00:00:00.000Z'.length;
const LOOK_EVERY_MS = 5;
const OPENING_AT_A_TIME = 100;
// Of one address there are ports for so many.
const CLIENTS_OF_AN_ADDRESS = 20_000;

/** Resolves when all of them have been answered. */
export async function openClients(wanted: Wanted): Promise<Clients> {
  const child = fork(import.meta.filename);
  const ask = async (question: unknown) => {
    child.send(question as object);
    const [answer] = (await once(child, 'message')) as [Heard];
    return answer;
  };
  await ask(wanted);
  const clients: Clients = {
    heard: () => ask({}),
    async until(activities) {
      let ages: readonly number[] = [];
      for (;;) {
        const heard = await clients.heard();
        ages = ages.concat(heard.ages);
        if (heard.lost > 0) throw new Error(`void: ${heard.lost} streams were lost`);
        if (heard.activities > activities) throw new Error(`void: ${heard.activities} instead of ${activities} heard`);
        if (heard.activities === activities) return { ...heard, ages };
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
  return clients;
}

/** The clients themselves. They share one buffer, and look at nothing but what is counted. */
class Listening {
  private readonly wanted: Wanted;
  private readonly buffer = Buffer.allocUnsafe(256 * 1024);
  private activities = 0;
  private served = 0;
  private lost = 0;
  private ages: number[] = [];

  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }

  async open(): Promise<void> {
    const waiting = this.wanted.paths.entries();
    const worker = async () => {
      for (const [number, path] of waiting) await this.listen(number, path);
    };
    await Promise.all(Array.from({ length: OPENING_AT_A_TIME }, worker));
  }

  heard(): Heard {
    const { activities, served, lost, ages } = this;
    this.ages = [];
    return { activities, served, lost, ages };
  }

  /** Resolves with the head of the answer. */
  private listen(number: number, path: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { port, token, timed } = this.wanted;
    const hear = timed ? this.timer() : (length: number) => this.countIn(length);
    let [isAnswered, isServed] = [false, false];
    const callback = (length: number): boolean => {
      if (!isAnswered) {
        isAnswered = true;
        const answer = this.buffer.toString('latin1', 0, length);
        if (answer.startsWith('HTTP/1.1 200 ')) resolve();
        else reject(new Error(`void: ${answer}`));
      }
      if (hear(length) > 0 && !isServed) {
        isServed = true;
        this.served += 1;
      }
      return true;
    };
    const localAddress = `127.0.0.${2 + Math.floor(number / CLIENTS_OF_AN_ADDRESS)}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress, onread: { buffer: this.buffer, callback } });
    socket.on('error', reject).on('close', () => (this.lost += 1));
    const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/event-stream\r\n${authorization}\r\n`,
    );
    return promise;
  }

  private countIn(length: number): number {
    const said = this.buffer.subarray(0, length);
    const mark = MARK.charCodeAt(0);
    let found = 0;
    for (let at = said.indexOf(mark); at >= 0; at = said.indexOf(mark, at + 1)) found += 1;
    this.activities += found;
    return found;
  }

  /** Of one client: a time may come in two parts. */
  private timer(): (length: number) => number {
    let text = '';
    return (length) => {
      text += this.buffer.toString('latin1', 0, length);
      const now = Date.now();
      let [found, read] = [0, 0];
      for (let at = text.indexOf(RECEIVED); at >= 0; at = text.indexOf(RECEIVED, read)) {
        const end = at + RECEIVED.length + TIME_LENGTH;
        if (end > text.length) break;
        this.ages.push(now - Date.parse(text.slice(at + RECEIVED.length, end)));
        [found, read] = [found + 1, end];
      }
      text = text.slice(Math.max(read, text.length - RECEIVED.length - TIME_LENGTH));
      this.activities += found;
      return found;
    };
  }
}

if (process.send) {
  let listening: Listening | undefined;
  process.on('message', (question: Wanted) => {
    if (listening) return void process.send!(listening.heard());
    listening = new Listening(question);
    void listening.open().then(() => process.send!({}));
  });
  process.on('disconnect', () => process.exit(0));
}
