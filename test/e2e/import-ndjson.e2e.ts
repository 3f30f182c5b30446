import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activitiesTopic } from '#activities';
import { Postgres } from '#platform';
import { countsOf, registerUsers } from '../support/activity-sender.js';
import { viewsCaughtUp } from '../support/caught-up.js';
import { eventually } from '../support/eventually.js';
import { SECRET, type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

const USERS = 5;
const LINES = 30_000;
/** More than an import begins with and has on its way when it is interrupted. */
const TOO_MANY = 80_000;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

describe('tidemark import ndjson', () => {
  let service: Service;
  let tail: TopicTail;
  let postgres: Postgres;
  let folder: string;

  beforeAll(async () => {
    service = await startService();
    tail = await tailTopic(service.config.kafkaBrokers, activitiesTopic(service.namespace));
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    folder = mkdtempSync(join(tmpdir(), 'tidemark-ndjson-'));
  });
  afterAll(async () => {
    await tail?.close();
    await postgres?.close();
    await service?.stop();
    rmSync(folder, { recursive: true });
  });

  /** The command line as a process of its own, which keeps its state apart from that of this folder's `npm start`. */
  function start(args: readonly string[], input = ''): { child: ChildProcess; ended: Promise<Ended> } {
    const main = join(process.cwd(), 'dist/apps/cli/src/command-line.js');
    const script = `
      import { runCommandLine } from ${JSON.stringify(main)};
      const { env, stdout: out, stderr: err } = process;
      const [stateFolder, ...args] = process.argv.slice(1);
      process.exitCode = await runCommandLine(args, { env, stateFolder, out, err });`;
    const env = { ...process.env, AUTH_JWT_SECRET: SECRET, TIDEMARK_URL: service.url, TIDEMARK_TOKEN: '' };
    const run = ['--input-type=module', '-e', script, '--', join(folder, 'state'), 'import', 'ndjson', ...args];
    const child = spawn(process.execPath, run, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(input);
    const written = { out: '', err: '' };
    child.stdout.on('data', (text: Buffer) => (written.out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (written.err += text.toString()));
    const ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      ...written,
    }));
    return { child, ended };
  }

  const places = () => (existsSync(join(folder, 'state/imports')) ? readdirSync(join(folder, 'state/imports')) : []);
  const line = (n: number) => `${JSON.stringify({ userId: (n % USERS) + 1, type: 'step', data: { n } })}\n`;
  const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => line(from + at)).join('');

  async function environmentWithUsers(environment: string) {
    const target = { url: service.url, token: await service.token({ environments: [environment] }) };
    await registerUsers(target, USERS);
    return async () => {
      await viewsCaughtUp(tail.log, postgres, service.namespace);
      return countsOf(target, USERS);
    };
  }

  const evenly = (count: number) => Array.from({ length: USERS }, () => count / USERS);

  it('counts each line once though it was killed in the middle, and the next one goes on from there', async () => {
    const counts = await environmentWithUsers('killed');
    const file = join(folder, 'killed.ndjson');
    writeFileSync(file, lines(0, LINES));
    const args = [file, '--environment', 'killed', '--json'];
    const first = start(args);
    await eventually(() => expect(places()).toHaveLength(1));
    first.child.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL', out: '' });

    appendFileSync(file, lines(LINES, LINES + USERS));
    const { code, out } = await start(args).ended;
    expect(code).toBe(0);
    const summary = JSON.parse(out) as { resumedAfter: number };
    expect(summary).toMatchObject({ lines: { accepted: LINES + USERS, refused: 0, named: LINES + USERS } });
    expect(summary.resumedAfter).toBeGreaterThan(0);
    expect(places()).toEqual([]);
    expect(await counts()).toEqual(evenly(LINES + USERS));
  }, 120_000);

  it('ends on Ctrl-C when what it had sent was answered, and says truly how much is in', async () => {
    const counts = await environmentWithUsers('interrupted');
    const file = join(folder, 'interrupted.ndjson');
    writeFileSync(file, lines(0, TOO_MANY));
    const { child, ended } = start([file, '--environment', 'interrupted']);
    await eventually(() => expect(places()).toHaveLength(1));
    child.kill('SIGINT');
    const { code, err, out } = await ended;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const [, answered] = /Interrupted\. All up to line (\d+) has been answered/.exec(err) ?? [];
    expect(Number(answered)).toBeLessThan(TOO_MANY);
    expect((await counts()).reduce((sum, count) => sum + count, 0)).toBe(Number(answered));
  }, 120_000);

  it('takes standard input, tells of lines that are refused, and adds nothing when it is repeated', async () => {
    const counts = await environmentWithUsers('piped');
    const input = `${line(0)}{"userId":99,"type":"step"}\n\nnonsense\n${line(1)}${line(1)}`;
    for (const _again of [1, 2]) {
      const { code, out, err } = await start(['-', '--environment', 'piped'], input).ended;
      const told = 'line 2: unknown-user: there is no such user\nline 4: invalid: the line is no JSON\n';
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(told) });
      expect(out).toContain('lines    5: 3 accepted, 2 refused');
    }
    expect(await counts()).toEqual([1, 2, 0, 0, 0]);
  });

  it('takes no line twice that was imported with another file name', async () => {
    const counts = await environmentWithUsers('moved');
    for (const name of ['a.ndjson', 'b.ndjson']) {
      writeFileSync(join(folder, name), lines(0, 10));
      expect(await start([join(folder, name), '--environment', 'moved']).ended).toMatchObject({ code: 0 });
    }
    expect(await counts()).toEqual(evenly(10));
  });
});
