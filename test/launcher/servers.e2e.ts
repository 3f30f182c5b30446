import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Claim } from '../../launcher/claim.ts';
import { type GroupLeader } from '../../launcher/groups.ts';
import { answers } from '../../launcher/kafka.ts';
import { root } from '../../launcher/paths.ts';
import { type ProcessIdentity, runs } from '../../launcher/process-identity.ts';
import { eventually } from '../../launcher/waiting.ts';

const deadlineMs = 60_000;
const bootstrap = join(root, 'launcher', 'bootstrap.mjs');

interface Launched {
  readonly bootstrap: ChildProcess;
  readonly exit: Promise<[number | null, string | null]>;
  readonly folder: string;
  readonly brokers: string;
  readonly databaseUrl: string;
  /** The launcher's main process, its guardian and all servers. */
  readonly processes: ProcessIdentity[];
  readonly started: readonly GroupLeader[];
  readonly main: ProcessIdentity;
}

/** Servers of their own folder and ports, beside those that the tests run on. */
async function launchServers(given: NodeJS.ProcessEnv = {}): Promise<Launched> {
  const none = { KAFKA_BROKERS: '', DATABASE_URL: '', REDIS_URL: '' };
  const env = { ...process.env, TIDEMARK_NO_DOCKER: '1', ...none, ...given };
  const child = spawn(process.execPath, [bootstrap, 'servers'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const exit = once(child, 'exit') as Launched['exit'];
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ready = await eventually(() => /REDIS_URL=/.test(output) || child.exitCode !== null, { deadlineMs });
  if (!ready || child.exitCode !== null) throw new Error(`The servers did not start:\n${output}`);
  const folder = /are in (\S+) until/.exec(output)?.[1] ?? '';
  const claim = JSON.parse(readFileSync(join(folder, 'launcher.json'), 'utf8')) as Required<Claim>;
  const processes = [claim.launcher, claim.guardian, ...claim.started];
  return {
    bootstrap: child,
    exit,
    folder,
    brokers: /KAFKA_BROKERS=(\S+)/.exec(output)?.[1] ?? '',
    databaseUrl: /DATABASE_URL=(\S+)/.exec(output)?.[1] ?? '',
    processes,
    started: claim.started,
    main: claim.launcher,
  };
}

async function expectNothingLeft({ processes, folder }: Launched): Promise<void> {
  await eventually(() => !processes.some(runs) && !existsSync(folder), { deadlineMs: 20_000 });
  expect(processes.filter(runs)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
}

const started: ChildProcess[] = [];

describe('the servers that the launcher starts', () => {
  afterAll(() => {
    // Where a test failed half-way, its launcher clears up by itself.
    for (const child of started) child.kill('SIGTERM');
  });

  describe('and stops', () => {
    const secrets = {
      AUTH_JWT_SECRET: 'what signs tokens, 32 bytes or more',
      TIDEMARK_MASTER_KEY: 'what wraps keys, 32 bytes or more.',
      TIDEMARK_TOKEN: 'what opens the service',
    };
    let launched: Launched;
    let database: pg.Client;
    beforeAll(async () => {
      launched = await launchServers(secrets);
      database = new pg.Client({ connectionString: launched.databaseUrl });
      await database.connect();
    }, 120_000);

    it('inherit none of the settings of the service', () => {
      const servers = launched.started.filter(({ kind }) => kind === 'server');
      expect(servers.map(({ name }) => name).sort()).toEqual(['kafka', 'postgres', 'redis']);
      for (const { pid } of servers) {
        const inherited = readFileSync(`/proc/${pid}/environ`, 'utf8');
        expect(inherited).not.toMatch(/AUTH_|TIDEMARK_|DATABASE_URL/);
        for (const secret of Object.values(secrets)) expect(inherited).not.toContain(secret);
      }
    });

    it('give the apps a role of Postgres that makes schemas of its own, and can do nothing to the machine', async () => {
      const { rows } = await database.query('SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user');
      expect(rows).toEqual([{ rolname: 'tidemark', rolsuper: false }]);
      await database.query('CREATE SCHEMA mine CREATE TABLE things (name text)');
      const denied = { code: '42501' };
      await expect(database.query(`COPY mine.things FROM PROGRAM 'id'`)).rejects.toMatchObject(denied);
      await expect(database.query(`COPY mine.things TO '/tmp/things'`)).rejects.toMatchObject(denied);
      await expect(database.query(`SELECT pg_read_file('postgresql.conf')`)).rejects.toMatchObject(denied);
      await expect(database.query('CREATE ROLE other SUPERUSER')).rejects.toMatchObject(denied);
      await database.query('DROP SCHEMA mine CASCADE');
    });

    it('end with exit code 0 at Ctrl-C and leave nothing behind', async () => {
      await database.end();
      expect(await answers(launched.brokers)).toBe(true);
      // The terminal sends Ctrl-C to both at once.
      launched.bootstrap.kill('SIGINT');
      process.kill(launched.main.pid, 'SIGINT');
      expect(await launched.exit).toEqual([0, null]);
      await expectNothingLeft(launched);
    }, 120_000);
  });

  it('do not outlive a launcher that is killed', async () => {
    const launched = await launchServers();
    process.kill(launched.main.pid, 'SIGKILL');
    expect(await launched.exit).toEqual([137, null]);
    await expectNothingLeft(launched);
  }, 120_000);

  it('do not outlive a bootstrap that is killed', async () => {
    // A broker of its own would only make this slower.
    const launched = await launchServers({ KAFKA_BROKERS: process.env.KAFKA_BROKERS });
    launched.bootstrap.kill('SIGKILL');
    await expectNothingLeft(launched);
  }, 120_000);
});
