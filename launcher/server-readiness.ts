import { connect } from 'node:net';
import type { RunningProcess } from './processes.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import { eventually } from './waiting.ts';

const deadlineMs = 90_000;

/** Resolves once `isReady`; refused with the log's tail where the server ends or stays silent. */
export async function untilReady(
  name: string,
  server: RunningProcess,
  log: string,
  isReady: () => Promise<boolean>,
): Promise<void> {
  let exitCode: number | undefined;
  void server.exitCode.then((code) => (exitCode = code));
  const asking = { for: `${name} to answer`, deadlineMs };
  const settled = await eventually(async () => exitCode !== undefined || (await isReady()), asking);
  if (exitCode !== undefined) throw refusal(`${name} ended at its start (exit code ${exitCode})`, log);
  if (!settled) throw refusal(`${name} did not answer within ${deadlineMs / 1000} s`, log);
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

function refusal(what: string, log: string): Refusal {
  return new Refusal(
    `${what}. The end of ${log}:\n${logTail(log)}\n` +
      'Where its data is damaged, delete the folder .tidemark and start again (everything stored in it is lost).',
  );
}
