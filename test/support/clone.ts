import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read } from '../../launcher/claim.ts';
import { makeFolder, root } from '../../launcher/paths.ts';
import { Launch } from './launch.ts';

const shared = ['apps', 'dist', 'libs', 'node_modules', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A clone with a `.tidemark` of its own, beside which `npm start` may run in this one. */
export class Clone {
  readonly folder = makeFolder(mkdtempSync(join(tmpdir(), 'clone-')));
  private readonly started: Launch[] = [];

  private readonly env: NodeJS.ProcessEnv;
  private readonly missing: readonly string[];

  constructor(env: NodeJS.ProcessEnv, missing: readonly string[] = []) {
    this.env = env;
    this.missing = missing;
    for (const name of shared) if (!missing.includes(name)) this.link(name);
    // Copied, since the launcher works in the folder that it lies in.
    cpSync(join(root, 'launcher'), join(this.folder, 'launcher'), { recursive: true });
  }

  /** Puts in place what was missing. */
  complete(): void {
    for (const name of this.missing) {
      rmSync(join(this.folder, name), { recursive: true, force: true });
      this.link(name);
    }
  }

  /** What `npm start` runs. */
  start(): Launch {
    const bootstrap = join(this.folder, 'launcher', 'bootstrap.mjs');
    const child = spawn(process.execPath, [bootstrap, 'start'], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return this.watch(new Launch(child));
  }

  /** `npm start`, in a terminal. */
  startInTerminal(): Launch {
    return this.watch(Launch.inTerminal('npm start', this.folder, this.environment));
  }

  /** The claim of its folder, as long as a launcher holds it. */
  get claim() {
    return read(join(this.folder, '.tidemark', 'launcher.json'));
  }

  /** What runs in this clone, or out of it, by command lines. */
  get running(): string[] {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map((pid) => this.commandOf(pid)).filter((command) => command !== undefined);
  }

  async remove(): Promise<void> {
    for (const launch of this.started) await launch.stop();
    rmSync(this.folder, { recursive: true });
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, TIDEMARK_NO_DOCKER: '1', ...this.env };
  }

  private commandOf(pid: string): string | undefined {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const isOurs = command.includes(this.folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(this.folder);
      // One that has ended and waits for its parent has no command line any more.
      return isOurs && command !== '' ? command : undefined;
    } catch {
      return undefined;
    }
  }

  private link(name: string): void {
    symlinkSync(join(root, name), join(this.folder, name));
  }

  private watch(launch: Launch): Launch {
    this.started.push(launch);
    return launch;
  }
}
