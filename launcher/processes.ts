import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { serverEnvironment, toolEnvironment } from './environment.ts';
import { type GroupLeader, type Kind, endGroups, signalGroup } from './groups.ts';
import type { GuardianMessage } from './guardian-message.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { root } from './paths.ts';
import { Refusal } from './refusal.ts';
import { eventually, within } from './waiting.ts';

/** Where stdout and stderr go: both to the terminal, to a log file or to a listener; or each to a listener of its own. */
export type Output =
  | { readonly terminal: true }
  | { readonly log: string }
  | { readonly collect: (text: string) => void; readonly errors?: (text: string) => void };

export interface ProcessSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly command: string;
  readonly args: readonly string[];
  readonly output: Output;
  /** By default what is fit for servers and tools: nothing of the service's settings. */
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
}

const graceMs = 10_000;
const killedWithinMs = 10_000;
// Containers have ten seconds each for their end.
const clearedWithinMs = 90_000;

/**
 * All processes that this launcher has started. Each leads a group of its own, so that Ctrl-C reaches the launcher
 * alone and it can end them in order; the guardian knows them too, for the case that the launcher is killed.
 */
export class Processes {
  readonly guardian: ProcessIdentity;
  readonly #guardian: ChildProcess;
  readonly #running = new Map<number, GroupLeader>();
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
    return [...this.#running.values()];
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
    };
    this.#add(process);
    child.once('exit', () => this.#remove(pid));
    return process;
  }

  /** Runs to the end and resolves to the exit code; refused where that takes longer than `deadlineMs`. */
  finish(spec: ProcessSpec, deadlineMs: number): Promise<number> {
    return within({ for: `${spec.name} to end`, deadlineMs }, this.start(spec).exitCode);
  }

  /** As `finish`; refused with the log's tail by `fail` where it ends with anything but 0. */
  async run(spec: ProcessSpec, deadlineMs: number, fail: (exitCode: number) => Refusal): Promise<void> {
    const exitCode = await this.finish(spec, deadlineMs);
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
    for (const leader of others) await this.#end([leader]);
    await this.#end(this.leaders);
    // One that was killed has nothing to say any more.
    if (this.#guardian.exitCode !== null || this.#guardian.signalCode !== null) return;
    const cleared = once(this.#guardian, 'exit');
    this.#guardian.stdin?.end();
    this.#guardian.ref();
    await within({ for: 'what is left to be cleared up', deadlineMs: clearedWithinMs }, cleared);
  }

  async #end(leaders: readonly GroupLeader[]): Promise<void> {
    const names = leaders.map(({ name }) => name).join(', ');
    await within({ for: `${names} to end`, deadlineMs: graceMs + killedWithinMs }, endGroups(leaders, graceMs));
    await eventually(() => !leaders.some(({ pid }) => this.#running.has(pid)), { deadlineMs: killedWithinMs });
  }

  #add({ pid, spec }: RunningProcess): void {
    const startedAt = identify(pid)?.startedAt ?? 'ended at once';
    const leader = { pid, startedAt, name: spec.name, kind: spec.kind, stopSignal: spec.stopSignal ?? 'SIGTERM' };
    this.#running.set(pid, leader);
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

/** A tool that is a script of Node; its path is relative to the clone. */
export function nodeTool(name: string, ...args: string[]): Pick<ProcessSpec, 'name' | 'kind' | 'command' | 'args'> {
  return { name, kind: 'tool', command: process.execPath, args };
}

function spawnGroup(spec: ProcessSpec): ChildProcess {
  const { command, args, cwd = root, kind, output, messages } = spec;
  const env = spec.env ?? (kind === 'server' ? serverEnvironment() : toolEnvironment());
  const sink = sinkOf(output);
  const stdio: StdioOptions = messages ? ['ignore', sink, sink, 'ipc'] : ['ignore', sink, sink];
  const child = spawn(command, args, { cwd, env, detached: true, stdio });
  if (typeof sink === 'number') closeSync(sink);
  if ('collect' in output) {
    child.stdout?.setEncoding('utf8').on('data', output.collect);
    child.stderr?.setEncoding('utf8').on('data', output.errors ?? output.collect);
  }
  return child;
}

function sinkOf(output: Output): number | 'pipe' | 'inherit' {
  if ('log' in output) return openSync(output.log, 'a', 0o600);
  return 'collect' in output ? 'pipe' : 'inherit';
}

function neverStarted(spec: ProcessSpec, child: ChildProcess): RunningProcess {
  child.on('error', () => undefined);
  return { spec, pid: 0, exitCode: Promise.resolve(127), onMessage: () => undefined };
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
