// Runs before anything is installed, on whatever Node the machine has: built-ins only.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '..', '..');
// A slow line takes minutes; one that has brought nothing for so long is none.
const longestMs = 30 * 60_000;
const stoppedWithinMs = 5_000;
/** Node 24, brought by the development dependency `node`. */
export const node24 = join(root, 'node_modules', 'node', 'bin', 'node');
/** What Node 24 has made of the sources that it ran: for all that the launcher starts, and the command line. */
export const compileCache = process.env.NODE_COMPILE_CACHE || join(root, '.tidemark', 'compile-cache');

/**
 * Whether node_modules holds what package-lock.json names. npm writes its own copy of the lock file last, so a killed
 * installation has none; contents are compared, not times, so that a checkout alone never installs again.
 */
export function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present || !existsSync(node24)) return false;
  return Object.entries(wanted).every(
    // A missing optional package belongs to another platform.
    ([path, { version, optional }]) =>
      path === '' || (optional && !present[path]) || present[path]?.version === version,
  );
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

// Settings of the service, its secrets among them, and of the servers that it uses.
const settings = /^(AUTH_|TIDEMARK_(?!NO_DOCKER$)|DATABASE_URL$|KAFKA_|POSTGRES_|PG[A-Z]+$|REDIS_)/;

/** The environment for programs that are no part of the service: what they read, or are made to read, is none of its secrets. */
export function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !settings.test(name)));
}

/** Runs `npm ci`; the promise is rejected with one sentence when it fails. `output` is the stdio of npm's stdout. */
export function install(output = 'inherit') {
  // npm must not run on the Node inside the node_modules that it is about to remove.
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes(`node_modules${sep}`));
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', output, 'inherit'],
    // Under NODE_ENV=production npm would leave out the tools that build and run everything.
    env: { ...withoutSettings(process.env), PATH: path.join(delimiter), NODE_ENV: '' },
  });
  const deadline = setTimeout(() => stop(npm), longestMs);
  const finished = new Promise((done, failed) => {
    npm.on('error', (error) => failed(new Error(`npm could not be run: ${error.message}`)));
    npm.on('exit', (code, signal) =>
      code === 0
        ? done()
        : failed(new Error(`npm ci failed (${signal ?? `exit code ${code}`}); see its output above.`)),
    );
  });
  const end = () => clearTimeout(deadline);
  finished.then(end, end);
  return { finished, stop: () => stop(npm) };
}

function stop(npm) {
  npm.kill('SIGTERM');
  setTimeout(() => npm.kill('SIGKILL'), stoppedWithinMs).unref();
}
