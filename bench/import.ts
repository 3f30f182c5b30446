import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsOf, registerUsers } from '../test/support/activity-sender.ts';
import { type Figure, median, rounded } from './report.ts';
import { commandLine, withService } from './service.ts';
import { withActivityViews } from './views.ts';

const COMMITS = 20_000;
const AUTHORS = 500;
const LINES = 200_000;
const ROUNDS = 3;

export async function benchImport(): Promise<Figure[]> {
  return [await importRepository(), ...(await importLines())];
}

/**
 * Imports the history of a repository, each round into a new service. `BENCH_REPOSITORY` names a real one; otherwise
 * one is made.
 */
async function importRepository(): Promise<Figure> {
  const given = process.env['BENCH_REPOSITORY'];
  const repository = given ?? (await madeRepository());
  try {
    const reading = git(repository, 'log', '--all', '--format=%H').trim().split('\n').length;
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rates.push(await importOnce(repository, reading));
    return {
      what: `${rounded(reading)} commits of ${given ? 'a real repository' : 'a made repository'}, authors registered first, commits/s`,
      ours: rounded(median(rates)),
      asked: '≥ 2,000',
    };
  } finally {
    if (!given) rmSync(repository, { recursive: true });
  }
}

function importOnce(repository: string, commits: number): Promise<number> {
  return withService(async (service) => {
    const text = await commandLine(service, 'import', 'git', repository, '--environment', 'demo', '--json');
    const summary = JSON.parse(text) as { commits: { accepted: number }; seconds: number };
    if (summary.commits.accepted !== commits)
      throw new Error(`void: ${summary.commits.accepted} of ${commits} accepted`);
    return commits / summary.seconds;
  });
}

/** Imports lines without ids, each round into a new service. */
async function importLines(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  const file = join(folder, 'lines.ndjson');
  writeFileSync(file, Array.from({ length: LINES }, (_, n) => lineOf(n)).join(''));
  const rounds: { acknowledged: number; visible: number }[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await importLinesOnce(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
  const what = `${rounded(LINES)} lines of NDJSON without ids`;
  return [
    {
      what: `${what} until acknowledged, lines/s`,
      ours: rounded(median(rounds.map(({ acknowledged }) => acknowledged))),
    },
    { what: `${what} until visible, lines/s`, ours: rounded(median(rounds.map(({ visible }) => visible))) },
  ];
}

function lineOf(n: number): string {
  const occurredAt = new Date(1_700_000_000_000 + n * 1_000).toISOString();
  const data = { path: `/pages/${n % 997}`, referrer: null, n };
  return `${JSON.stringify({ userId: ((n * 7_919) % AUTHORS) + 1, type: 'page.viewed', occurredAt, data })}\n`;
}

/** Lines per second, by the import's own account and until the views have all of them. */
function importLinesOnce(file: string): Promise<{ acknowledged: number; visible: number }> {
  return withActivityViews(async (service, views) => {
    await registerUsers(service, AUTHORS);
    const begin = performance.now();
    const text = await commandLine(service, 'import', 'ndjson', file, '--environment', 'demo', '--json');
    await views.caughtUp();
    const seconds = (performance.now() - begin) / 1_000;
    const { lines, linesPerSecond } = JSON.parse(text) as { lines: { accepted: number }; linesPerSecond: number };
    const counted = (await countsOf(service, AUTHORS)).reduce((sum, count) => sum + count, 0);
    if (lines.accepted !== LINES || counted !== LINES) {
      throw new Error(`void: ${lines.accepted} of ${LINES} accepted, ${counted} counted`);
    }
    return { acknowledged: linesPerSecond, visible: LINES / seconds };
  });
}

function git(repository: string, ...args: string[]): string {
  return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', maxBuffer: 2 ** 30 });
}

async function madeRepository(): Promise<string> {
  const repository = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  git(repository, 'init', '--quiet', '--bare');
  const importer = spawn('git', ['-C', repository, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (let n = 0; n < COMMITS; n += 1) {
    // Few people do most of the work, as everywhere.
    const author = Math.floor(AUTHORS * (((n * 7919) % COMMITS) / COMMITS) ** 3);
    const who = `Author ${author} <author${author}@example.com> ${1_600_000_000 + n * 60} +0000`;
    const message = `Change number ${n}`;
    importer.stdin.write(
      `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n${message}\n`,
    );
  }
  importer.stdin.end();
  await once(importer, 'close');
  return repository;
}
