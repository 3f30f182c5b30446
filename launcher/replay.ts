import { appCommand } from './apps.ts';
import { say, step } from './progress.ts';
import { Refusal } from './refusal.ts';
import { isPostgresGiven } from './servers.ts';
import type { Session } from './session.ts';

const unequal = 3;
const nevertheless = ['--missing', '--accept'];

/**
 * Builds the views of this version from the log, beside those of another one. What differs is accepted where a Postgres of the
 * launcher's own keeps the views: nobody else reads those, and whoever starts new code wants what it makes of the log.
 */
export async function replayMissing({ processes }: Session, env: NodeJS.ProcessEnv): Promise<void> {
  say('Views of this version are missing and are built from the log; after Ctrl-C the next start goes on with that.');
  const command = appCommand('cli', 'replay', ...(isPostgresGiven() ? ['--missing'] : nevertheless));
  // It takes as long as the log is, and shows how far it is.
  await step('Replay', async () => {
    const exitCode = await processes.start({ ...command, kind: 'tool', env, output: { terminal: true } }).exitCode;
    if (exitCode !== 0) throw refusal(exitCode);
  });
}

/** The replay itself has said at the terminal what is wrong. */
function refusal(exitCode: number): Refusal {
  if (exitCode === unequal) {
    return new Refusal(
      'The views of this version differ from the former ones, which others may read on these servers: see above. To switch\n' +
        `to them nevertheless, run "npx tidemark replay ${nevertheless.join(' ')}", then "npm start" again.`,
    );
  }
  return new Refusal(
    `The replay ended with exit code ${exitCode}: see above. The former views are as they were, and the former code starts\n` +
      'with them as before. Once the cause is mended, "npm start" goes on with what was built.',
  );
}
