import { connect } from 'node:net';
import type { RunningProcess } from './processes.ts';
import { logTail, say } from './progress.ts';
import { Refusal } from './refusal.ts';
import { eventually } from './waiting.ts';

const usualDeadlineMs = 90_000;
const sayEveryMs = 5_000;
const whereDamaged =
  'Where its data is damaged, delete the folder .tidemark and start again (everything stored in it is lost).';

/** Whether it is ready, or how far it is with what takes as long as it takes. */
export type Readiness = boolean | string;

/**
 * Resolves once `isReady`; refused with the log's tail where the process ends, or neither is ready nor gets any further within
 * the deadline. How far it is is said.
 */
export async function untilReady(
  name: string,
  { exitCode, spec }: Pick<RunningProcess, 'exitCode' | 'spec'>,
  log: string,
  isReady: () => Promise<Readiness>,
  deadlineMs = usualDeadlineMs,
): Promise<void> {
  let ended: number | undefined;
  void exitCode.then((code) => (ended = code));
  const progress = new Progress();
  const isOver = async () => {
    if (ended !== undefined) return true;
    const readiness = await isReady();
    if (typeof readiness === 'string') progress.report(readiness);
    return readiness === true;
  };
  let settled = await eventually(isOver, { for: `${name} to be ready`, deadlineMs });
  while (!settled && progress.hasAdvanced()) settled = await eventually(isOver, { deadlineMs });
  if (settled && ended === undefined) return;
  const what = ended === undefined ? `was not ready within ${deadlineMs / 1000} s` : `ended with exit code ${ended}`;
  const tail = `${name} ${what}. The end of ${log}:\n${logTail(log)}`;
  throw new Refusal(spec.kind === 'server' ? `${tail}\n${whereDamaged}` : tail);
}

/** How far something is, which is said now and then. */
class Progress {
  #latest: string | undefined;
  #advanced = false;
  #saidAt = -Infinity;

  report(howFar: string): void {
    if (howFar === this.#latest) return;
    this.#latest = howFar;
    this.#advanced = true;
    if (performance.now() - this.#saidAt < sayEveryMs) return;
    this.#saidAt = performance.now();
    say(`… ${howFar}`);
  }

  /** Whether it got further since this was asked last. */
  hasAdvanced(): boolean {
    const hasAdvanced = this.#advanced;
    this.#advanced = false;
    return hasAdvanced;
  }
}

/** One question over TCP, e.g. Redis' PING; resolves to what the server answers first. */
export function ask(port: number, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(question));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('data', (answer) => {
      resolve(answer.toString('utf8'));
      socket.destroy();
    });
  });
}
