import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A started command that can be watched and stopped. */
export class Launch {
  readonly exitCode: Promise<number | null>;
  /** All that it has said so far, to both outputs. */
  said = '';

  private readonly child: ChildProcess;
  private readonly interrupt: () => void;

  constructor(child: ChildProcess, interrupt: () => void = () => void child.kill('SIGINT')) {
    this.child = child;
    this.interrupt = interrupt;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    }
    this.exitCode = once(child, 'close').then(([code]) => code as number | null);
  }

  /** Runs the command in a pseudo-terminal of its own, as a person at a keyboard does. */
  static inTerminal(command: string, cwd: string, env: NodeJS.ProcessEnv): Launch {
    // Ctrl-C ends a shell that stays in between (dash does, bash does not), and its exit code would be the answer.
    const script = ['--quiet', '--flush', '--return', '--command', `exec ${command}`, '/dev/null'];
    const child = spawn('script', script, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined);
    return new Launch(child, () => void child.stdin.write('\x03'));
  }

  /** Resolves to what it said, as soon as that fits. */
  saying(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.said);
        if (found) resolve(found);
      };
      for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', look);
      look();
      void this.exitCode.then((code) => reject(new Error(`it ended with ${code} and had said: ${this.said}`)));
    });
  }

  /** Ctrl-C; resolves to the exit code, and rejects where it has not ended in time. */
  async stop(withinMs = 60_000): Promise<number | null> {
    this.interrupt();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`it goes on ${withinMs / 1000} s after Ctrl-C and had said: ${this.said}`)),
      withinMs,
    );
    return Promise.race([this.exitCode, late]).finally(() => clearTimeout(timer));
  }

  /** Ends it also where Ctrl-C does not: a terminal that is closed hangs up on all who run in it. */
  kill(): void {
    this.child.kill('SIGTERM');
  }
}
