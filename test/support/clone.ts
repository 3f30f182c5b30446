import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder, root } from '../../launcher/paths.ts';

const shared = ['apps', 'dist', 'libs', 'node_modules', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A clone with a `.tidemark` of its own, beside which `npm start` may run in this one. */
export class Clone {
  readonly folder = makeFolder(mkdtempSync(join(tmpdir(), 'clone-')));
  private readonly started: Launch[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {
    for (const name of shared) symlinkSync(join(root, name), join(this.folder, name));
    // Copied, since the launcher works in the folder that it lies in.
    cpSync(join(root, 'launcher'), join(this.folder, 'launcher'), { recursive: true });
  }

  /** What `npm start` runs. */
  start(): Launch {
    const bootstrap = join(this.folder, 'launcher', 'bootstrap.mjs');
    const env = { ...process.env, TIDEMARK_NO_DOCKER: '1', ...this.env };
    const child = spawn(process.execPath, [bootstrap, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const launch = new Launch(child);
    this.started.push(launch);
    return launch;
  }

  async remove(): Promise<void> {
    for (const launch of this.started) await launch.stop();
    rmSync(this.folder, { recursive: true });
  }
}

export class Launch {
  readonly exitCode: Promise<number | null>;
  /** All that it has said so far, to both outputs. */
  said = '';

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    }
    this.exitCode = once(child, 'close').then(([code]) => code as number | null);
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

  /** As Ctrl-C does; resolves to the exit code. */
  stop(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.exitCode;
  }
}
