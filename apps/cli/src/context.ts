import { type WriteStream } from 'node:tty';

/** What a command uses of its process: environment, files, output. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which `npm start` keeps what it runs. */
  readonly stateFolder: string;
  /** For the result. */
  readonly out: Pick<WriteStream, 'write'>;
  /** For progress and remarks. */
  readonly err: Pick<WriteStream, 'write' | 'isTTY'>;
}

/** Writes the result: as JSON for programs, else the text. */
export function say({ out }: CliContext, { json }: { json?: boolean }, result: unknown, text: string): void {
  out.write(`${json ? JSON.stringify(result, null, 2) : text}\n`);
}

/** Ends a command with one sentence for the person at the terminal. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** Ends a command with an exit code only: its output has already reported the failure. */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure';

  constructor(readonly exitCode = 1) {
    super();
  }
}
