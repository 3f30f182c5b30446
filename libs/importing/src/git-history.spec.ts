import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIRT, DirtyRepository } from '../test/dirty-repository.js';
import { type Commit, commitsOf, countCommits, readHistory } from './git-history.js';
import { openRepository, repositoryName } from './git-repository.js';

const made: DirtyRepository[] = [];
afterEach(() => made.splice(0).forEach((repository) => repository.remove()));

function repository(options: { bare?: boolean; name?: string } = {}): DirtyRepository {
  const one = new DirtyRepository(process.env, options);
  made.push(one);
  return one;
}

async function read(path: string, env: NodeJS.ProcessEnv = process.env, mailmap = true): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const some of readHistory(await openRepository(path, env, { mailmap }))) commits.push(...some);
  return commits;
}

describe('a history', () => {
  it('gives each commit of a dirty repository once, with the address that git log shows', async () => {
    const dirty = repository();
    dirty.history(DIRT);
    const commits = await read(dirty.path);
    const asGitSays = dirty.git(['log', '--all', '--format=%H %ae|']).split('|\n');
    expect(commits.map(({ hash, address }) => `${hash} ${address}`)).toEqual(
      asGitSays.map((line) => line.replace(/\|$/, '')),
    );
    expect(new Set(commits.map(({ hash }) => hash)).size).toBe(DIRT.length);
    expect(await countCommits(await openRepository(dirty.path, process.env))).toBe(DIRT.length);
  });

  it('decodes what an encoding header declares, and replaces what is no UTF-8', async () => {
    const dirty = repository();
    const latin1 = (text: string) => Buffer.from(text, 'latin1');
    dirty.history([
      { author: latin1('J\u00f6rg <j\u00f6rg@x.de>'), encoding: 'ISO-8859-1', message: latin1('f\u00fcr\n') },
      { author: latin1('J\u00f6rg <j\u00f6rg@x.de>'), message: latin1('f\u00fcr\n') },
    ]);
    expect(await read(dirty.path)).toMatchObject([
      { name: 'J\uFFFDrg', address: 'j\uFFFDrg@x.de', subject: 'f\uFFFDr' },
      { name: 'Jörg', address: 'jörg@x.de', subject: 'für' },
    ]);
  });

  it('passes on dates as git has them, whatever they are', async () => {
    const dirty = repository();
    dirty.history([{ date: '0 +0000' }, { date: '4102444800 +0000' }, { date: 'yesterday' }, { date: '' }]);
    expect((await read(dirty.path)).map(({ authorTime }) => authorTime).sort()).toEqual(['', '', '0', '4102444800']);
  });

  it('holds commits that only a tag or another branch reaches', async () => {
    const dirty = repository({ bare: true });
    dirty.history([{}, {}]);
    dirty.history([{ message: 'aside' }], 'refs/heads/aside');
    dirty.tag('v1', dirty.commit({ message: 'tagged' }));
    expect((await read(dirty.path)).map(({ subject }) => subject).sort()).toEqual([
      'a subject',
      'a subject',
      'aside',
      'tagged',
    ]);
  });

  it('holds nothing that only notes, a stash, pull requests, a rewritten history or a replacement reach', async () => {
    const dirty = repository();
    const [first] = dirty.history([{ message: 'one' }, { message: 'two' }]);
    for (const reference of ['notes/commits', 'stash', 'original/refs/heads/main', 'pull/7/head', 'keep-around/x']) {
      dirty.point(`refs/${reference}`, dirty.commit({ message: reference }));
    }
    const instead = dirty.commit({ message: 'instead', author: 'Mallory <mallory@example.com>' });
    dirty.git(['replace', first!, instead]);
    expect(await read(dirty.path)).toMatchObject([{ subject: 'two' }, { subject: 'one', address: 'jane@example.com' }]);
    expect(await countCommits(await openRepository(dirty.path, process.env))).toBe(2);
  });

  it('holds what a detached HEAD and branches of a remote reach', async () => {
    const dirty = repository();
    dirty.history([{ message: 'one' }]);
    dirty.history([{ message: 'theirs' }], 'refs/remotes/origin/main');
    dirty.git(['update-ref', '--no-deref', 'HEAD', dirty.commit({ message: 'detached' })]);
    expect((await read(dirty.path)).map(({ subject }) => subject).sort()).toEqual(['detached', 'one', 'theirs']);
  });

  it('is the whole one from inside a work tree of the repository', async () => {
    const dirty = repository();
    dirty.history([{}, {}, {}]);
    const tree = join(dirty.path, '..', 'tree');
    dirty.git(['worktree', 'add', '--detach', tree, 'main']);
    expect(await read(tree)).toHaveLength(3);
    expect(await read(join(dirty.path, '.git'))).toHaveLength(3);
  });

  it('is the whole one in a partial clone that can fetch nothing more', async () => {
    const origin = repository({ bare: true });
    origin.bulk(20, 'with a file');
    origin.git(['symbolic-ref', 'HEAD', 'refs/heads/bulk']);
    origin.git(['config', 'uploadpack.allowFilter', 'true']);
    const partial = join(origin.path, '..', 'partial.git');
    origin.git(['clone', '--bare', '--filter=tree:0', `file://${origin.path}`, partial]);
    rmSync(origin.path, { recursive: true });
    expect(await read(partial, process.env, false)).toHaveLength(20);
    await expect(read(partial)).rejects.toThrow(/ --no-mailmap takes authors as the commits have them\.$/);
  });

  it('of an empty repository is empty', async () => {
    expect(await read(repository().path)).toEqual([]);
  });

  it('is that of the folder that is named, even inside a git hook of another repository', async () => {
    const [dirty, other] = [repository(), repository()];
    dirty.history([{ message: 'this one' }]);
    other.history([{ message: 'the other' }]);
    const env = { ...process.env, GIT_DIR: join(other.path, '.git'), GIT_WORK_TREE: other.path };
    expect(await read(dirty.path, env)).toMatchObject([{ subject: 'this one' }]);
  });

  it('that git cannot read to its end is an error and not a shorter history', async () => {
    const dirty = repository();
    const [first] = dirty.history([{}, {}, {}]);
    rmSync(join(dirty.path, '.git', 'objects', first!.slice(0, 2), first!.slice(2)));
    await expect(read(dirty.path)).rejects.toThrow(/could not read the whole history .*: fatal: /);
  });
});

describe('a folder that is no repository', () => {
  it('is refused with one sentence, also inside a repository', async () => {
    const dirty = repository();
    const inside = join(dirty.path, 'inside');
    mkdirSync(inside);
    const outside = mkdtempSync(join(tmpdir(), 'tidemark-none-'));
    await expect(openRepository(inside, process.env)).rejects.toThrow(`${inside} is no git repository.`);
    await expect(openRepository(outside, process.env)).rejects.toThrow(`${outside} is no git repository.`);
    await expect(openRepository('/nowhere/at/all', process.env)).rejects.toThrow('There is no folder /nowhere/at/all.');
    rmSync(outside, { recursive: true });
  });

  it('is told from a machine without git', async () => {
    await expect(openRepository(repository().path, { PATH: '/nonexistent' })).rejects.toThrow(/^git is needed/);
  });
});

describe('the name of a repository', () => {
  it.each([
    ['/srv/emmett', 'emmett'],
    ['/srv/emmett.git', 'emmett'],
    ['/srv/emmett.git/', 'emmett'],
    ['/srv/emmett/.git', 'emmett'],
    ['/srv/my.github.io', 'my.github.io'],
    ['/', 'repository'],
    ['/srv/\u200b', 'srv'],
    ['/\u3164', 'repository'],
  ])('of %s is %s', (path, name) => {
    expect(repositoryName(path)).toBe(name);
  });
});

describe('output of git', () => {
  const hash = 'a'.repeat(40);
  const two = Buffer.concat([
    Buffer.from([hash, 'jörg@x.de', 'jörg@x.de', 'J', '1', '2', 's', hash, ''].join('\0')),
    Buffer.from([0xff, 0x00, 0xf0, 0x9f, 0x98, 0x00, 0xff]),
    Buffer.from(['', '3', '4', 't', ''].join('\0')),
  ]);

  async function* inPieces(...pieces: Buffer[]) {
    yield* pieces;
  }

  async function commits(pieces: Buffer[]): Promise<{ commits: Commit[]; rest: number }> {
    const all: Commit[] = [];
    const reading = commitsOf(inPieces(...pieces));
    for (;;) {
      const { value, done } = await reading.next();
      if (done) return { commits: all, rest: value };
      all.push(...value);
    }
  }

  it('reads the same wherever its chunks end, even where it is no UTF-8', async () => {
    const whole = await commits([two]);
    expect(whole.commits).toMatchObject([
      { address: 'jörg@x.de' },
      { address: '\uFFFD', name: '\uFFFD', subject: 't' },
    ]);
    for (let at = 0; at <= two.length; at += 1) {
      expect(await commits([two.subarray(0, at), two.subarray(at)])).toEqual(whole);
    }
    expect(await commits([...two].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('that ends inside a commit leaves something over', async () => {
    expect((await commits([two])).rest).toBe(0);
    expect((await commits([two.subarray(0, -1)])).rest).toBeGreaterThan(0);
    expect((await commits([two.subarray(0, -3)])).rest).toBeGreaterThan(0);
  });

  it('in which something else stands than a hash is an error', async () => {
    await expect(commits([Buffer.from(['no hash', 'a', 'a', 'b', '1', '1', 's', ''].join('\0'))])).rejects.toThrow(
      /where a commit's hash belongs/,
    );
  });
});
