import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { bench } from './bench.ts';
import { buildQuietly } from './build-command.ts';
import { check } from './check.ts';
import { generate } from './generate.ts';
import { endSteps, say } from './progress.ts';
import { programs } from './programs.ts';
import { Refusal } from './refusal.ts';
import { openLastingSession, openThrowAwaySession, type Session, sweepThrowAway } from './session.ts';
import { serve } from './serve.ts';
import { start } from './start.ts';
import { test } from './test.ts';

interface Command {
  open(): Promise<Session>;
  /** Resolves to the exit code. */
  run(session: Session, args: string[]): Promise<number>;
  /** Whether Ctrl-C is how it is meant to end. */
  readonly untilStopped?: boolean;
}

const commands: Record<string, Command> = {
  start: { open: openLastingSession, run: start, untilStopped: true },
  test: { open: () => openThrowAwaySession('test'), run: test },
  check: { open: () => openThrowAwaySession('check'), run: check },
  bench: { open: () => openThrowAwaySession('bench'), run: bench },
  servers: { open: () => openThrowAwaySession('servers'), run: serve, untilStopped: true },
  generate: { open: () => openThrowAwaySession('generate'), run: generate },
  programs: { open: () => openThrowAwaySession('programs'), run: programs },
  build: { open: () => openThrowAwaySession('build'), run: buildQuietly },
};

let interrupt: (signal: NodeJS.Signals) => void = () => undefined;
const interrupted = new Promise<NodeJS.Signals>((resolve) => (interrupt = resolve));
let session: Session | undefined;
let stoppingSince: number | undefined;

listen();
process.exitCode = await main();
// Whatever still waits (a command that was interrupted, the channel to the bootstrap) has lost its purpose.
process.exit();

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) return refuse(`Unknown command "${name}"; there are: ${Object.keys(commands).join(', ')}.`);
  try {
    return await Promise.race([run(command, args), interrupted.then((signal) => interruptedCode(command, signal))]);
  } catch (error) {
    endSteps();
    return refuse(error instanceof Refusal ? error.message : error);
  } finally {
    endSteps();
    await session?.processes.stopAll().catch(refuse);
  }
}

async function run(command: Command, args: string[]): Promise<number> {
  // From taking the claim to here there is no pause in which Ctrl-C could leave the claim behind.
  session = await command.open();
  await sweepThrowAway();
  return command.run(session, args);
}

function interruptedCode(command: Command, signal: NodeJS.Signals): number {
  if (isatty(1)) say('\nStopping …');
  return command.untilStopped ? 0 : 128 + constants.signals[signal];
}

function refuse(reason: unknown): number {
  console.error(reason);
  return 1;
}

function listen(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  process.on('message', (message: { stop?: NodeJS.Signals }) => message.stop && stop(message.stop));
  process.on('disconnect', () => stop('SIGTERM'));
  // The reader of a pipe may go first (npm start | head).
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Ctrl-C arrives twice, from the terminal and from the bootstrap; one that comes a second later means: at once. */
function stop(signal: NodeJS.Signals): void {
  const now = performance.now();
  stoppingSince ??= now;
  if (now - stoppingSince > 1_000) session?.processes.killAll();
  interrupt(signal);
}
