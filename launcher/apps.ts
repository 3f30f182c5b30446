import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { restartDelay } from './backoff.ts';
import { followWarnings, rotate } from './log-follower.ts';
import { root } from './paths.ts';
import type { ProcessSpec, RunningProcess } from './processes.ts';
import { say } from './progress.ts';
import { type Readiness, untilReady } from './readiness.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

export interface App {
  readonly name: 'api' | 'projector';
  readonly env: NodeJS.ProcessEnv;
  /** Asked again and again until it holds; without it the app says 'ready' by a message. */
  readonly isReady?: () => Promise<Readiness>;
  /** Called at every start, also after it ended. */
  readonly onStart?: (pid: number) => void;
}

export interface StartedApp {
  /** Resolves once it has said one of these, or is refused as `ready` is; to whether it was the first. */
  says(message: string, otherwise: string): Promise<boolean>;
  /** Resolves once the app is ready; from then on it is started again whenever it ends. */
  ready(): Promise<void>;
}

/**
 * Starts it while `servers` come up. Its warnings are shown from then on: what it says before, it waits for as the launcher
 * does. Where it has given up on them meanwhile, it is started again.
 */
export function startApp(session: Session, app: App, servers: Promise<unknown>): StartedApp {
  const log = join(session.logs, `${app.name}.log`);
  rotate(log);
  const said = new Set<unknown>();
  const start = () => {
    const started = launch(session, app, log);
    started.onMessage((message) => said.add(message));
    return started;
  };
  let running = start();
  let ended = false;
  void running.exitCode.then(() => (ended = true));
  const go = () => {
    followWarnings(app.name, log, say);
    if (ended) running = start();
  };
  // Where they fail to come up, or the launcher stops, there is nothing to go on with.
  servers.then(go).catch(() => undefined);
  const until = (holds: () => Promise<Readiness>) => untilReady(`The app ${app.name}`, running, log, holds);
  return {
    async says(message, otherwise) {
      await until(async () => said.has(message) || said.has(otherwise));
      return said.has(message);
    },
    async ready() {
      await until(app.isReady ?? (async () => said.has('ready')));
      void keepRunning(session, app, running, log);
    },
  };
}

/**
 * For apps that serve: V8 would let rubbish grow to hundreds of megabytes before it looks through the old generation for the
 * first time, and keep three times 16 MB for what is young.
 */
export const MEMORY_FLAGS = ['--max-semi-space-size=8', '--initial-heap-size=64'];

/** Node 24 with a compiled app and its arguments. */
export function appCommand(name: string, ...args: string[]): Pick<ProcessSpec, 'name' | 'command' | 'args'> {
  const main = join(root, 'dist', 'apps', name, 'src', 'main.js');
  if (!existsSync(main)) throw new Refusal(`The app ${name} is not built: ${main} is missing.`);
  return { name, command: process.execPath, args: ['--disable-warning=TimeoutNegativeWarning', main, ...args] };
}

function launch(session: Session, app: App, log: string): RunningProcess {
  const { args, ...command } = appCommand(app.name);
  const spec = { ...command, args: [...MEMORY_FLAGS, ...args] };
  const process = session.processes.start({ ...spec, kind: 'app', env: app.env, output: { log }, messages: true });
  app.onStart?.(process.pid);
  return process;
}

async function keepRunning(session: Session, app: App, first: RunningProcess, log: string): Promise<void> {
  let delayMs: number | undefined;
  for (let process = first; ; process = launch(session, app, log)) {
    const startedAt = performance.now();
    const exitCode = await process.exitCode;
    if (session.processes.stopping) return;
    delayMs = restartDelay(delayMs, performance.now() - startedAt);
    say(`! ${app.name} ended (exit code ${exitCode}) and is started again in ${delayMs / 1000} s; its log: ${log}`);
    await pause(delayMs);
    if (session.processes.stopping) return;
  }
}
