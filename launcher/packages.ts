import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { take } from './claim.ts';
import { toolEnvironment } from './environment.ts';
import { cacheFolder, makeFolder } from './paths.ts';
import { logTail, say } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { eventually } from './waiting.ts';

const policy = '/usr/sbin/policy-rc.d';
const installedWithinMs = 600_000;

/** A program of somebody else's that is used as it is found, and where it comes from. */
interface Package {
  /** Debian's name. */
  readonly name: string;
  /** Any one of these is it. */
  readonly programs: readonly string[];
  readonly onMac: string;
  /** What the package would have run for good. */
  readonly service?: string;
  /** What may be done in its place. */
  readonly otherwise?: string;
}

export const packages = {
  redis: {
    name: 'redis-server',
    programs: ['redis-server'],
    onMac: 'brew install redis',
    service: 'redis-server',
    otherwise: ', start Docker, or set REDIS_URL',
  },
  chromium: {
    name: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    onMac: 'brew install --cask chromium',
  },
  nginx: { name: 'nginx-light', programs: ['nginx'], onMac: 'brew install nginx', service: 'nginx' },
} satisfies Record<string, Package>;

/** Where it is; undefined where it is not on the PATH, nor where Debian puts what is for administrators. */
export function programOf({ programs }: Package): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs what is missing where that can be done without a question: on Debian and its kin, as root. One at a time. */
export async function install(session: Session, wanted: Package): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Refusal(howToInstall(wanted));
  const lock = join(makeFolder(cacheFolder), 'apt.json');
  // One that is left behind is known as such, and cleared by the next.
  const asking = { for: 'another installation to end', deadlineMs: installedWithinMs };
  if (!(await eventually(async () => (await take(lock)) === undefined, asking)))
    throw new Refusal(howToInstall(wanted));
  try {
    if (!programOf(wanted)) await installNow(session, wanted);
  } finally {
    rmSync(lock, { force: true });
  }
}

async function installNow(session: Session, wanted: Package): Promise<void> {
  say(`Installing ${wanted.name} (apt-get, once) …`);
  await withoutStartingServices(session, async () => {
    await apt(session, wanted, ['update', '-qq']);
    await apt(session, wanted, ['install', '-y', '-qq', '--no-install-recommends', wanted.name]);
  });
  await disableService(session, wanted);
}

/**
 * Debian starts a service with its package. This one must not: it would listen for good on the usual port. The policy
 * file is Debian's own way to say so; the guardian takes it away where this launcher is killed.
 */
async function withoutStartingServices(session: Session, work: () => Promise<void>): Promise<void> {
  if (existsSync(policy)) return work();
  session.processes.atEnd({ remove: policy });
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(policy, { force: true });
  }
}

/** Nor must it come up at the machine's next start. Where there is no systemd, there is nothing to switch off. */
async function disableService(session: Session, { service }: Package): Promise<void> {
  if (service === undefined) return;
  const args = ['disable', service];
  await session.processes.finish(
    { name: 'systemctl', kind: 'tool', command: 'systemctl', args, output: { log: logOf(session) } },
    60_000,
  );
}

function apt(session: Session, wanted: Package, args: string[]): Promise<void> {
  const log = logOf(session);
  return session.processes.run(
    {
      name: 'apt-get',
      kind: 'tool',
      command: 'apt-get',
      args,
      env: toolEnvironment({ DEBIAN_FRONTEND: 'noninteractive' }),
      output: { log },
    },
    installedWithinMs,
    () => new Refusal(`${wanted.name} could not be installed:\n${logTail(log)}\n${howToInstall(wanted)}`),
  );
}

const logOf = (session: Session) => join(session.logs, 'apt-get.log');

function howToInstall({ name, programs, onMac, otherwise = '' }: Package): string {
  const command = process.platform === 'darwin' ? onMac : `sudo apt-get install -y ${name}`;
  return `There is no ${programs[0]} on the PATH: install it (${command})${otherwise}.`;
}
