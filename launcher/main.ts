import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { endSteps, say } from './progress.ts';
import { Refusal } from './refusal.ts';
import { openLastingSession, openThrowAwaySession, type Session, sweepThrowAway } from './session.ts';

/** Resolves to the exit code. */
type Command = (session: Session, args: string[]) => Promise<number>;

/** Loaded when they are asked for: the command line builds before every command, and needs nothing of the servers. */
const commands: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./start.ts')).start,
  test: async () => (await import('./test.ts')).test,
  check: async () => (await import('./check.ts')).check,
  bench: async () => (await import('./bench.ts')).bench,
  servers: async () => (await import('./serve.ts')).serve,
  generate: async () => (await import('./generate.ts')).generate,
  programs: async () => (await import('./programs.ts')).programs,
  build: async () => (await import('./build.ts')).buildQuietly,
};
// Ctrl-C is how these are meant to end.
const untilStopped = ['start', 'servers'];

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
  const load = commands[name];
  if (!load) return refuse(`Unknown command "${name}"; there are: ${Object.keys(commands).join(', ')}.`);
  try {
    return await Promise.race([run(name, load, args), interrupted.then((signal) => interruptedCode(name, signal))]);
  } catch (error) {
    endSteps();
    return refuse(error instanceof Refusal ? error.message : error);
  } finally {
    endSteps();
    await session?.processes.stopAll().catch(refuse);
  }
}

async function run(name: string, load: () => Promise<Command>, args: string[]): Promise<number> {
  // From taking the claim to here there is no pause in which Ctrl-C could leave the claim behind.
  session = await (name === 'start' ? openLastingSession() : openThrowAwaySession(name));
  await sweepThrowAway();
  const command = await load();
  return command(session, args);
}

function interruptedCode(name: string, signal: NodeJS.Signals): number {
  if (isatty(1)) say('\nStopping …');
  return untilStopped.includes(name) ? 0 : 128 + constants.signals[signal];
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
