import { execFile } from 'node:child_process';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What to do where the program is not there. */
  readonly missing?: string;
}

/** What a program prints. Rejects with all that it said where it fails, and with what to do where it is missing. */
export function run(command: string, args: readonly string[], { cwd, env, missing }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const isMissing = error.code === 'ENOENT' && missing !== undefined;
      reject(new Error(isMissing ? `There is no ${command}: ${missing}` : `${command} failed:\n${stdout}${stderr}`));
    });
  });
}
