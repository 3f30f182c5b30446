import { connect } from 'node:net';
import type { RunningProcess } from './processes.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import { eventually } from './waiting.ts';

const deadlineMs = 90_000;
const whereDamaged =
  'Where its data is damaged, delete the folder .tidemark and start again (everything stored in it is lost).';

/** Resolves once `isReady`; refused with the log's tail where the process ends or stays silent. */
export async function untilReady(
  name: string,
  { exitCode, spec }: RunningProcess,
  log: string,
  isReady: () => Promise<boolean>,
): Promise<void> {
  let ended: number | undefined;
  void exitCode.then((code) => (ended = code));
  const asking = { for: `${name} to be ready`, deadlineMs };
  const settled = await eventually(async () => ended !== undefined || (await isReady()), asking);
  if (settled && ended === undefined) return;
  const what = ended === undefined ? `was not ready within ${deadlineMs / 1000} s` : `ended with exit code ${ended}`;
  const tail = `${name} ${what}. The end of ${log}:\n${logTail(log)}`;
  throw new Refusal(spec.kind === 'server' ? `${tail}\n${whereDamaged}` : tail);
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
