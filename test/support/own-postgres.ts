import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { choosePorts } from '../../launcher/ports.ts';
import { asAccount, optionsOf, platformBinaries, startPostgres } from '../../launcher/postgres.ts';
import { postgresAccount } from '../../launcher/postgres-account.ts';
import { identify, runs } from '../../launcher/process-identity.ts';
import type { ProcessSpec } from '../../launcher/processes.ts';
import { openThrowAwaySession, type Session } from '../../launcher/session.ts';
import { eventually } from './eventually.ts';

const NAME = 'postgres';

/** A PostgreSQL of one test, which commits as one does whose data is to last. */
export class OwnPostgres {
  readonly url: string;
  private readonly session: Session;
  private readonly again: ProcessSpec;

  private constructor(session: Session, url: string, again: ProcessSpec) {
    this.session = session;
    this.url = url;
    this.again = again;
  }

  static async start(name: string): Promise<OwnPostgres> {
    const session = await openThrowAwaySession(name);
    try {
      const { postgres: port } = await choosePorts(['postgres'], {});
      const url = await startPostgres(session, { port, durable: true, sharedBuffers: '64MB' });
      return new OwnPostgres(session, url, await startedAgain(session, port));
    } catch (error) {
      await session.processes.stopAll();
      throw error;
    }
  }

  /** All of its processes at once: what was in their memory alone is gone, as after a power cut. */
  async cutPower(): Promise<void> {
    const { pid } = this.server!;
    // From here on it begins no more of them.
    process.kill(pid, 'SIGSTOP');
    const children = (await childrenOf(pid)).flatMap((child) => identify(child) ?? []);
    // It itself last, or those who see it gone first end in order.
    spawnSync('kill', ['-KILL', ...children.map((child) => String(child.pid)), String(pid)]);
    await eventually(() => {
      // A new one would say that the data is still in use.
      if (this.server || children.some(runs)) throw new Error('a process of PostgreSQL still runs');
    });
  }

  /** Again, on the same data: resolves when it answers. */
  async startAgain(): Promise<void> {
    this.session.processes.start(this.again);
    await eventually(() => ask(this.url));
  }

  stop(): Promise<void> {
    return this.session.processes.stopAll();
  }

  /** Its first process, until that is gone. */
  private get server() {
    return this.session.processes.leaders.find(({ name }) => name === NAME);
  }
}

/** How the server is started from the second time on, with nothing to be made before. */
async function startedAgain(session: Session, port: number): Promise<ProcessSpec> {
  const binaries = await platformBinaries();
  const data = join(session.folder, 'postgres', 'data');
  // What it has handed to the system outlives it, whether that has come to the disk or not.
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off' };
  return {
    name: NAME,
    kind: 'server',
    ...asAccount(postgresAccount(binaries.initdb), [binaries.postgres, '-D', data, ...optionsOf(settings)]),
    cwd: '/',
    stopSignal: 'SIGINT',
    output: { log: join(session.logs, 'postgres.log') },
  };
}

async function ask(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

/** Of a process that stands still. */
function childrenOf(pid: number): Promise<number[]> {
  return eventually(() => {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
    const all = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    if (!all.some(([one, , state]) => Number(one) === pid && state!.startsWith('T')))
      throw new Error(`process ${pid} does not stand still`);
    return all.filter(([, parent]) => Number(parent) === pid).map(([child]) => Number(child));
  });
}
