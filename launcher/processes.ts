import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type GroupLeader, type Kind, endGroups, signalGroup } from './groups.ts';
import type { GuardianMessage } from './guardian-message.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { root } from './paths.ts';
import { Refusal } from './refusal.ts';

/** Where stdout and stderr go: both to the terminal, a log file or a listener, or stdout to the one and stderr to the other. */
export type Output =
  | { readonly terminal: true }
  | { readonly log: string }
  | { readonly collect: (text: string) => void; readonly log?: string };

export interface ProcessSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly command: string;
  readonly args: readonly string[];
  readonly output: Output;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Opens Node's message channel, for an app that says when it is ready. */
  readonly messages?: boolean;
  readonly stopSignal?: NodeJS.Signals;
}

export interface RunningProcess {
  readonly spec: ProcessSpec;
  readonly pid: number;
  /** 0 for success; 128 and the signal's number for an end by signal. Never rejected. */
  readonly exitCode: Promise<number>;
  onMessage(listener: (message: unknown) => void): void;
  /** Ends its whole group: asks, waits `graceMs`, kills. */
  stop(graceMs?: number): Promise<void>;
}

const defaultGraceMs = 10_000;

/**
 * All processes that this launcher has started. Each leads a group of its own, so that Ctrl-C reaches the launcher
 * alone and it can end them in order; the guardian knows them too, for the case that the launcher is killed.
 */
export class Processes {
  readonly guardian: ProcessIdentity;
  readonly #guardian: ChildProcess;
  readonly #running = new Map<number, { leader: GroupLeader; exited: Promise<void> }>();
  readonly #onChange: (leaders: GroupLeader[]) => void;
  #stopping: Promise<void> | undefined;

  constructor(onChange: (leaders: GroupLeader[]) => void = () => undefined) {
    this.#onChange = onChange;
    this.#guardian = spawn(process.execPath, [join(import.meta.dirname, 'guardian.ts')], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#guardian.unref();
    this.#guardian.stdin?.on('error', () => undefined);
    const identity = this.#guardian.pid === undefined ? undefined : identify(this.#guardian.pid);
    if (!identity) throw new Refusal('The process that clears up at the end could not be started.');
    this.guardian = identity;
  }

  get leaders(): GroupLeader[] {
    return [...this.#running.values()].map(({ leader }) => leader);
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  start(spec: ProcessSpec): RunningProcess {
    if (this.#stopping) throw new Refusal(`${spec.name} was not started: the launcher is stopping.`);
    const child = spawnGroup(spec);
    if (child.pid === undefined) return neverStarted(spec, child);
    const pid = child.pid;
    const process: RunningProcess = {
      spec,
      pid,
      exitCode: once(child, 'close').then(([code, signal]) => exitCode(code as number, signal as NodeJS.Signals)),
      onMessage: (listener) => void child.on('message', listener),
      stop: (graceMs = defaultGraceMs) => this.#end([pid], graceMs),
    };
    this.#add(
      process,
      once(child, 'exit').then(() => this.#remove(pid)),
    );
    return process;
  }

  /** Runs to the end; refused with the log's tail by `fail` where it ends with anything but 0. */
  async run(spec: ProcessSpec, fail: (exitCode: number) => Refusal): Promise<void> {
    const exitCode = await this.start(spec).exitCode;
    if (exitCode !== 0) throw fail(exitCode);
  }

  /** Notes a command or a folder that the guardian sees to after all processes have ended. */
  atEnd(message: Extract<GuardianMessage, { run: unknown } | { remove: unknown }>): void {
    this.#tell(message);
  }

  /** Ends all: apps, the latest first, then the servers together; then lets the guardian clear up. */
  stopAll(): Promise<void> {
    return (this.#stopping ??= this.#stopInOrder());
  }

  killAll(): void {
    for (const { pid } of this.leaders) signalGroup(pid, 'SIGKILL');
  }

  async #stopInOrder(): Promise<void> {
    const others = this.leaders.filter(({ kind }) => kind !== 'server').reverse();
    for (const { pid } of others) await this.#end([pid], defaultGraceMs);
    await this.#end(
      this.leaders.map(({ pid }) => pid),
      defaultGraceMs,
    );
    const cleared = once(this.#guardian, 'exit');
    this.#guardian.stdin?.end();
    this.#guardian.ref();
    await cleared;
  }

  async #end(pids: number[], graceMs: number): Promise<void> {
    const ending = [...this.#running.values()].filter(({ leader }) => pids.includes(leader.pid));
    await endGroups(
      ending.map(({ leader }) => leader),
      graceMs,
    );
    await Promise.all(ending.map(({ exited }) => exited));
  }

  #add({ pid, spec }: RunningProcess, exited: Promise<void>): void {
    const startedAt = identify(pid)?.startedAt ?? 'ended at once';
    const leader = { pid, startedAt, name: spec.name, kind: spec.kind, stopSignal: spec.stopSignal ?? 'SIGTERM' };
    this.#running.set(pid, { leader, exited });
    this.#tell({ started: leader });
    this.#onChange(this.leaders);
  }

  #remove(pid: number): void {
    // Whoever of its group is left (a test's child, a worker) has lost its purpose.
    signalGroup(pid, 'SIGKILL');
    this.#running.delete(pid);
    this.#tell({ ended: pid });
    this.#onChange(this.leaders);
  }

  #tell(message: GuardianMessage): void {
    this.#guardian.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}

function spawnGroup({ command, args, cwd = root, env = process.env, output, messages }: ProcessSpec): ChildProcess {
  const { out, err } = sinks(output);
  const stdio: StdioOptions = messages ? ['ignore', out, err, 'ipc'] : ['ignore', out, err];
  const child = spawn(command, args, { cwd, env, detached: true, stdio });
  if (typeof err === 'number') closeSync(err);
  if ('collect' in output) {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', output.collect);
  }
  return child;
}

type Sink = number | 'pipe' | 'inherit';

function sinks(output: Output): { out: Sink; err: Sink } {
  const log = 'log' in output && output.log ? openSync(output.log, 'a', 0o600) : undefined;
  const out = 'collect' in output ? 'pipe' : (log ?? 'inherit');
  return { out, err: log ?? out };
}

function neverStarted(spec: ProcessSpec, child: ChildProcess): RunningProcess {
  child.on('error', () => undefined);
  return { spec, pid: 0, exitCode: Promise.resolve(127), onMessage: () => undefined, stop: () => Promise.resolve() };
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
