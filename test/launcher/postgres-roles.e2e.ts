import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { makeFolder } from '../../launcher/paths.ts';
import { choosePorts } from '../../launcher/ports.ts';
import { postgresAccount } from '../../launcher/postgres-account.ts';
import { platformBinaries, startPostgres } from '../../launcher/postgres.ts';
import { keptSecret } from '../../launcher/secrets.ts';
import { openThrowAwaySession, type Session } from '../../launcher/session.ts';

describe('the data folder of a former launcher, whose apps had a superuser', () => {
  let session: Session;
  beforeEach(async () => {
    session = await openThrowAwaySession('roles');
  });
  afterEach(() => session.processes.stopAll());

  const start = async (port: number) => {
    const client = new pg.Client({ connectionString: await startPostgres(session, { port, durable: false }) });
    await client.connect();
    return client;
  };

  it('is taken over: what is stored belongs to the apps, who are no superuser any more', async () => {
    await makeFormerFolder();
    const { postgres: port } = await choosePorts(['postgres'], {});
    const apps = await start(port);
    const { rows } = await apps.query('SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user');
    expect(rows).toEqual([{ rolname: 'tidemark', rolsuper: false }]);
    await apps.query(`INSERT INTO views_v1.people (name) VALUES ('Joe')`);
    expect((await apps.query('SELECT id, name FROM views_v1.everybody ORDER BY id')).rows).toEqual([
      { id: 1, name: 'Jane' },
      { id: 2, name: 'Joe' },
    ]);
    await apps.query('ALTER SCHEMA views_v1 RENAME TO views_v0; DROP SCHEMA views_v0 CASCADE');
    await apps.query('CREATE SCHEMA views_v2');
    await apps.end();
  });

  /** As the first launchers left it behind, with something stored. */
  async function makeFormerFolder(): Promise<void> {
    const { initdb, postgres } = await platformBinaries();
    const account = postgresAccount(initdb);
    const folder = makeFolder(join(session.folder, 'postgres'));
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, keptSecret(join(session.folder, 'postgres-password')));
    for (const path of [folder, passwordFile]) account.own(path);
    const run = (program: string, args: string[], input = '') => {
      const [command = '', ...rest] = [...account.prefix, program, ...args];
      const { status, stderr } = spawnSync(command, rest, { cwd: '/', input, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    };
    const data = join(folder, 'data');
    run(initdb, ['-D', data, '-U', 'tidemark', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync']);
    run(postgres, ['--single', '-D', data, 'postgres'], 'CREATE DATABASE tidemark\n');
    const statements = [
      'CREATE SCHEMA views_v1',
      'CREATE TABLE views_v1.people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, number serial)',
      'CREATE VIEW views_v1.everybody AS SELECT * FROM views_v1.people',
      "INSERT INTO views_v1.people (name) VALUES ('Jane')",
    ];
    run(postgres, ['--single', '-D', data, 'tidemark'], `${statements.join('\n')}\n`);
  }
});
