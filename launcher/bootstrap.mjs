// The first step of `npm start`, `npm test` and the like: installs what is missing, then hands over to Node 24.
import process from 'node:process';

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Tidemark needs Node 20 or later to install itself; this is ${process.version}.`);
  process.exit(1);
}
const { spawn, spawnSync } = await import('node:child_process');
const { readFileSync } = await import('node:fs');
const { constants } = await import('node:os');
const { join } = await import('node:path');
const { performance } = await import('node:perf_hooks');
const { compileCache, install, isInstalled, node24, root } = await import('./install.mjs');

const patienceMs = 10_000;
let stop = () => process.exit(1);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
followNpm();

if (!isInstalled()) await installPackages();
runMain();

/** npm that is killed takes no child along: without this, the servers would outlive the terminal that asked for them. */
function followNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const npm = parentOfShell(parent);
  const watch = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isAlive(npm))) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, 500);
  watch.unref();
}

/** npm runs a script by `sh -c`, and some shells stay in between: then npm is the parent of that shell. */
function parentOfShell(pid) {
  const [parent, name] = describeProcess(pid);
  return /^-?(?:.*\/)?(?:sh|dash|bash|ash|zsh|busybox)$/.test(name) ? parent : undefined;
}

function describeProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return [Number(stat.slice(end + 2).split(' ')[1]), stat.slice(stat.indexOf('(') + 1, end)];
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8', timeout: 10_000 });
    const [, parent, name] = /(\d+)\s+(.*\S)/.exec(stdout ?? '') ?? [];
    return [Number(parent), name ?? ''];
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function installPackages() {
  console.log('Installing packages (npm ci) …');
  const installation = install();
  let stopped;
  stop = (signal) => {
    stopped ??= signal;
    installation.stop();
  };
  try {
    await installation.finished;
  } catch (error) {
    if (!stopped) console.error(error.message);
    process.exit(stopped ? 128 + constants.signals[stopped] : 1);
  }
}

function runMain() {
  // kafkajs asks for a timer of less than 0 ms on Node 24, which does no harm.
  const flags = ['--disable-warning=TimeoutNegativeWarning'];
  const main = spawn(node24, [...flags, join(root, 'launcher', 'main.ts'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  let stoppingSince;
  stop = (signal) => {
    const now = performance.now();
    stoppingSince ??= now;
    // Ctrl-C reaches main as well: it takes the two for one.
    if (main.connected) main.send({ stop: signal });
    // One that is asked for so long does not listen any more; its guardian clears up.
    if (now - stoppingSince > patienceMs) main.kill('SIGKILL');
  };
  main.on('error', (error) => {
    console.error(`Node 24 could not be run: ${error.message}`);
    process.exit(1);
  });
  main.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}
