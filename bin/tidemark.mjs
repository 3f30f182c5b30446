#!/usr/bin/env node
// `npx tidemark`: runs the command line on Node 24. In a clone it is installed and built first where need be; all that
// is said about that goes to stderr, since stdout belongs to the command.
import process from 'node:process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '..', '..');
const isClone = existsSync(resolve(root, 'launcher', 'install.mjs'));
const node = isClone ? await prepareClone() : ownNode();

const main = resolve(root, 'dist', 'apps', 'cli', 'src', 'main.js');
const flags = ['--disable-warning=TimeoutNegativeWarning'];
// It runs beside the service for a long time: rubbish is to be collected rather than more memory taken.
if (process.argv[2] === 'replay') flags.push('--max-old-space-size=192', '--max-semi-space-size=32');
const command = spawn(node, [...flags, main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the command by itself; this process only has to outlive it, to pass on its exit code.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => command.kill(signal));
command.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
command.on('error', (error) => fail(`Node 24 could not be run: ${error.message}`));

async function prepareClone() {
  const { install, isInstalled, node24 } = await import('../launcher/install.mjs');
  if (!isInstalled()) {
    console.error('Installing packages (npm ci) …');
    await install(2).finished.catch((error) => fail(error.message));
  }
  const build = spawnSync(node24, [resolve(root, 'launcher', 'main.ts'), 'build'], { stdio: ['ignore', 2, 2] });
  if (build.status !== 0) process.exit(1);
  return node24;
}

/** A production image brings the right Node and what was built with it. */
function ownNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(`tidemark needs Node 24 or later; this is ${process.version}.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
