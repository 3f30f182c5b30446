import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from './environment.ts';
import { logTail, say } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

const policy = '/usr/sbin/policy-rc.d';

/** Installs redis-server where that can be done without a question: on Debian and its kin, as root. */
export async function installRedis(session: Session): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Refusal(howToInstall());
  say('Installing redis-server (apt-get, once) …');
  await withoutStartingServices(session, async () => {
    await apt(session, ['update', '-qq']);
    await apt(session, ['install', '-y', '-qq', '--no-install-recommends', 'redis-server']);
  });
  await disableService(session);
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
async function disableService(session: Session): Promise<void> {
  const log = join(session.logs, 'redis-install.log');
  const args = ['disable', 'redis-server'];
  await session.processes.finish(
    { name: 'systemctl', kind: 'tool', command: 'systemctl', args, output: { log } },
    60_000,
  );
}

function apt(session: Session, args: string[]): Promise<void> {
  const log = join(session.logs, 'redis-install.log');
  return session.processes.run(
    {
      name: 'apt-get',
      kind: 'tool',
      command: 'apt-get',
      args,
      env: toolEnvironment({ DEBIAN_FRONTEND: 'noninteractive' }),
      output: { log },
    },
    600_000,
    () => new Refusal(`redis-server could not be installed:\n${logTail(log)}\n${howToInstall()}`),
  );
}

function howToInstall(): string {
  const command = process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install -y redis-server';
  return `There is no redis-server on the PATH: install it (${command}), start Docker, or set REDIS_URL.`;
}
