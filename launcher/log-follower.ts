import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const everyMs = 500;
const warning = 40;
const shownPerWindow = 5;
const windowMs = 10_000;
const longestLogBytes = 10_000_000;

/** Shows the warnings and errors that an app appends to its log, but never a flood of them. */
export function followWarnings(name: string, path: string, show: (line: string) => void): void {
  let position = sizeOf(path);
  let rest = '';
  const admit = limiter();
  const timer = setInterval(() => {
    const { text, end } = readFrom(path, position);
    position = end;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const message of lines.map(warningIn)) {
      if (message === undefined) continue;
      const verdict = admit(performance.now());
      if (verdict === 'show') show(`! ${name}: ${message}`);
      if (verdict === 'last') show(`! ${name}: more in ${path}`);
    }
  }, everyMs);
  timer.unref();
}

/** The message of a JSON log line that is at least a warning. */
export function warningIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string } };
    if (level === undefined || level < warning) return undefined;
    const cause = err?.message && err.message !== msg ? ` (${err.message})` : '';
    return `${msg ?? 'an error'}${cause}`;
  } catch {
    return undefined;
  }
}

function limiter(): (now: number) => 'show' | 'last' | 'drop' {
  let windowStart = -Infinity;
  let shown = 0;
  return (now) => {
    if (now - windowStart > windowMs) [windowStart, shown] = [now, 0];
    shown += 1;
    if (shown <= shownPerWindow) return 'show';
    return shown === shownPerWindow + 1 ? 'last' : 'drop';
  };
}

/** Sets a log aside that has grown long over many runs; one older log is kept. */
export function rotate(path: string): void {
  if (sizeOf(path) > longestLogBytes) renameSync(path, `${path}.1`);
}

function readFrom(path: string, position: number): { text: string; end: number } {
  const length = sizeOf(path) - position;
  if (length <= 0) return { text: '', end: position };
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(length, 1_000_000));
    const count = readSync(file, buffer, 0, buffer.length, position);
    return { text: buffer.toString('utf8', 0, count), end: position + count };
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
