import { type WriteStream } from 'node:tty';

/** What a command is given of the world. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which `npm start` keeps what it runs. */
  readonly stateFolder: string;
  /** What the command answers. */
  readonly out: Pick<WriteStream, 'write'>;
  /** What it says meanwhile. */
  readonly err: Pick<WriteStream, 'write' | 'isTTY'>;
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

/** What a command found is itself the failure, and has been said. */
export class BadNews extends Error {
  override readonly name = 'BadNews';

  constructor(readonly exitCode = 1) {
    super();
  }
}
