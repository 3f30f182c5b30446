import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../launcher/paths.ts';
import { Clone } from '../test/support/clone.ts';
import { Launch } from '../test/support/launch.ts';
import { type Figure, median, rounded } from './report.ts';

const FORMER = 'af4e5c5';
const ROUNDS = 5;
/** In which /proc counts. */
const TICKS_A_SECOND = 100;

/** How soon `npm start` is ready where everything is there already, by turns with a former commit on a folder of its own. */
export async function benchStart(): Promise<Figure[]> {
  const clone = new Clone({});
  const former = join(mkdtempSync(join(tmpdir(), 'tidemark-bench-')), FORMER);
  git('worktree', 'add', '--quiet', '--detach', former, FORMER);
  try {
    // The first start installs, compiles and makes data folders.
    for (const folder of [clone.folder, former]) await startIn(folder);
    const ours: Start[] = [];
    const theirs: Start[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      ours.push(await startIn(clone.folder));
      theirs.push(await startIn(former));
      console.log(`round ${round}: ours ${shown(ours.at(-1)!)}, ${FORMER} ${shown(theirs.at(-1)!)}`);
    }
    return [{ ...compared(ours, theirs, 'ready'), asked: '≤ 0.6' }, compared(ours, theirs, 'cpu')];
  } finally {
    git('worktree', 'remove', '--force', former);
    rmSync(dirname(former), { recursive: true });
    await clone.remove();
  }
}

/** In seconds; `cpu` is that of all processes, the end at Ctrl-C included. */
interface Start {
  readonly ready: number;
  readonly cpu: number;
}

const shown = ({ ready, cpu }: Start) => `${ready.toFixed(2)} s (${cpu.toFixed(1)} s of CPU)`;

function compared(ours: readonly Start[], theirs: readonly Start[], figure: keyof Start): Figure {
  const names = { ready: 'until ready, s', cpu: 'CPU seconds of all its processes, Ctrl-C included' };
  const [our, their] = [ours, theirs].map((starts) => median(starts.map((start) => start[figure]))) as [number, number];
  return {
    what: `a further \`npm start\`, median of ${ROUNDS}, by turns with commit ${FORMER}, at a load average of ${rounded(loadavg()[1]!)}: ${names[figure]}`,
    ours: our.toFixed(2),
    beside: their.toFixed(2),
    ratio: (our / their).toFixed(2),
  };
}

async function startIn(folder: string): Promise<Start> {
  const own = { TIDEMARK_NO_DOCKER: '1', KAFKA_BROKERS: '', DATABASE_URL: '', REDIS_URL: '' };
  const [cpuBefore, begin] = [cpuOfChildren(), performance.now()];
  const bootstrap = join(folder, 'launcher', 'bootstrap.mjs');
  const launch = new Launch(
    spawn(process.execPath, [bootstrap, 'start'], {
      env: { ...process.env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  await launch.saying(/is ready on /);
  const ready = (performance.now() - begin) / 1_000;
  await launch.saying(/^Next: /m);
  const exitCode = await launch.stop();
  if (exitCode !== 0) throw new Error(`void: a start in ${folder} ended with ${exitCode} and had said: ${launch.said}`);
  return { ready, cpu: cpuOfChildren() - cpuBefore };
}

/** CPU seconds of all children that have ended, and of theirs. */
function cpuOfChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
