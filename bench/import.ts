import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median, rounded } from './report.ts';
import { commandLine, startService } from './service.ts';

const COMMITS = 20_000;
const AUTHORS = 500;
const ROUNDS = 3;

/**
 * Imports the history of a repository, each round into a new service. `BENCH_REPOSITORY` names a real one; otherwise
 * one is made.
 */
export async function benchImport(): Promise<Figure[]> {
  const given = process.env['BENCH_REPOSITORY'];
  const repository = given ?? (await madeRepository());
  try {
    const reading = git(repository, 'log', '--all', '--format=%H').trim().split('\n').length;
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rates.push(await importOnce(repository, reading));
    return [
      {
        what: `${rounded(reading)} commits of ${given ? 'a real repository' : 'a made repository'}, authors registered first, commits/s`,
        ours: rounded(median(rates)),
        asked: '≥ 2,000',
      },
    ];
  } finally {
    if (!given) rmSync(repository, { recursive: true });
  }
}

async function importOnce(repository: string, commits: number): Promise<number> {
  const service = await startService();
  try {
    const text = await commandLine(service, 'import', 'git', repository, '--environment', 'demo', '--json');
    const summary = JSON.parse(text) as { commits: { accepted: number }; seconds: number };
    if (summary.commits.accepted !== commits)
      throw new Error(`void: ${summary.commits.accepted} of ${commits} accepted`);
    return commits / summary.seconds;
  } finally {
    await service.stop();
  }
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
