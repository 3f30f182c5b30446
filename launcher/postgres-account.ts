import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { Refusal } from './refusal.ts';

/** Postgres refuses to run as root; this is how to run it as somebody else. */
export interface PostgresAccount {
  /** What goes before the command, e.g. `setpriv --reuid=nobody …`. */
  readonly prefix: readonly string[];
  /** Makes a file or folder the account's own. */
  own(path: string): void;
}

const invoker: PostgresAccount = { prefix: [], own: () => undefined };

/**
 * The account that can run `initdb` and its kin: the person at the terminal; for root, `nobody`. Where the clone lies in a folder
 * closed to others (as /root is), `nobody` is given the one right to pass through: to search and read, or where a
 * container's root lacks that itself, to override modes.
 */
export function postgresAccount(initdb: string): PostgresAccount {
  if (process.getuid?.() !== 0) return invoker;
  if (process.platform !== 'linux')
    throw new Refusal('PostgreSQL does not run as root: use another account, or set DATABASE_URL.');
  const uid = idOf('-u');
  const gid = idOf('-g');
  const setpriv = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const prefix = [[], passing('dac_read_search'), passing('dac_override')]
    .map((rights) => [...setpriv, ...rights])
    .find((candidate) => canRun(candidate, initdb));
  if (!prefix) {
    throw new Refusal(
      'PostgreSQL does not run as root, and the account nobody cannot enter this folder: ' +
        'clone into a folder open to others, use another account, start Docker, or set DATABASE_URL.',
    );
  }
  return { prefix, own: (path) => chownSync(path, uid, gid) };
}

function passing(right: string): string[] {
  // initdb asks access(2), which ignores the rights of anyone but root unless told otherwise.
  const forAccess = '--securebits=+no_setuid_fixup';
  return [forAccess, ...['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-all,+${right}`)];
}

/** Asks initdb for what it would do: for that it looks up and checks the binaries beside it, as at its real work. */
function canRun([command = '', ...args]: string[], initdb: string): boolean {
  const question = [initdb, '--show', '-D', '/nonexistent', '-U', 'nobody'];
  return spawnSync(command, [...args, ...question], { stdio: 'ignore', cwd: '/', timeout: 30_000 }).status === 0;
}

function idOf(which: '-u' | '-g'): number {
  const { stdout, status } = spawnSync('id', [which, 'nobody'], { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0)
    throw new Refusal('PostgreSQL does not run as root, and there is no account nobody: set DATABASE_URL.');
  return Number(stdout);
}
