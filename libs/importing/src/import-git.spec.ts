import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContractServer, firstOf, problem } from '../test/contract-server.js';
import { DIRT, DirtyRepository } from '../test/dirty-repository.js';
import { usernameOf } from './git-identities.js';
import { type GitImport, importGit } from './import-git.js';
import { type Progress } from './progress.js';
import { isComplete, summaryText } from './summary.js';

let server: ContractServer;
let dirty: DirtyRepository;
beforeEach(async () => {
  server = await ContractServer.start();
  dirty = new DirtyRepository(process.env, { name: 'dirty.git', bare: true });
});
afterEach(async () => {
  await server.stop();
  dirty.remove();
});

function request(more: Partial<GitImport> = {}): GitImport {
  const service = { url: server.url, environment: 'demo', token: async () => 'a-token' };
  return {
    repository: dirty.path,
    service,
    env: process.env,
    patience: { patienceMs: 2_000, timeoutMs: 5_000 },
    ...more,
  };
}

function commitsByAuthor(): Map<string, number> {
  const addresses = dirty
    .git(['log', '--branches', '--tags', '--format=%ae|'])
    .split('|\n')
    .map((line) => line.replace(/\|$/, ''));
  const byAuthor = Map.groupBy(addresses, usernameOf);
  return new Map([...byAuthor].map(([username, commits]) => [username, commits.length]));
}

function storedByAuthor(): Map<string, number> {
  return new Map([...server.users.values()].map(({ id, username }) => [username, server.activitiesOf(id).length]));
}

describe('the import of a dirty history', () => {
  it('gives each author as many activities as git log shows commits', async () => {
    dirty.history(DIRT);
    const summary = await importGit(request());
    expect(storedByAuthor()).toEqual(commitsByAuthor());
    const { size } = commitsByAuthor();
    expect(summary).toMatchObject({
      workspace: { id: 1, name: 'dirty', isNew: true },
      authors: { total: size, new: size, existing: 0, refused: 0 },
      commits: { read: DIRT.length, accepted: DIRT.length, refused: 0 },
      altered: { dates: 7, subjects: 1 },
      refusals: [],
    });
    expect(isComplete(summary)).toBe(true);
  });

  it('changes nothing the second time', async () => {
    dirty.history(DIRT);
    await importGit(request());
    const [users, activities] = [new Map(server.users), new Map(server.activities)];
    const again = await importGit(request());
    expect(server.users).toEqual(users);
    expect(server.activities).toEqual(activities);
    expect(server.workspaces).toHaveLength(1);
    expect(again).toMatchObject({
      workspace: { isNew: false },
      authors: { new: 0, existing: users.size },
      commits: { read: DIRT.length, accepted: 0, countedBefore: DIRT.length, refused: 0 },
    });
    expect(summaryText(again)).toContain(
      `commits  ${DIRT.length}: 0 accepted, ${DIRT.length} counted before, 0 refused`,
    );
  });

  it('tells of each author whose address could not be taken as it is', async () => {
    dirty.history([
      { author: 'A <a@example.com>' },
      { author: 'N <>' },
      { author: `L <${'x'.repeat(188)}@example.com>` },
    ]);
    const { changedAuthors } = await importGit(request());
    expect(changedAuthors.map(({ address }) => address).sort()).toEqual(['', `${'x'.repeat(188)}@example.com`]);
    expect(server.users.get('(none)')?.email).toMatch(/^[0-9a-f]{40}@invalid\.example$/);
  });

  it('names a user as the latest commit with a name does', async () => {
    dirty.history([
      { author: 'Jane Old <jane@example.com>', date: '1500000000 +0000' },
      { author: 'Jane Married <JANE@example.com>', date: '1500000100 +0000' },
      { author: ' <jane@example.com>', date: '1500000200 +0000' },
    ]);
    await importGit(request());
    expect([...server.users.values()]).toMatchObject([{ firstName: 'Jane', lastName: 'Married' }]);
  });

  it('sends everything as history, in the environment and into the workspace that were named', async () => {
    dirty.history([{}]);
    server.workspaces.push({ id: 1, name: 'a' }, { id: 2, name: 'b' }, { id: 3, name: 'Mine' });
    await importGit(request({ workspace: 'Mine' }));
    expect(server.requests(/POST .*activities/)).toMatchObject([
      { headers: { 'tidemark-lane': 'backfill', 'environment-id': 'demo', authorization: 'Bearer a-token' } },
    ]);
    expect([...server.activities.values()]).toMatchObject([{ workspaceId: 3 }]);
    expect(server.workspaces).toHaveLength(3);
  });

  it('is nothing but a workspace where the repository is empty', async () => {
    const summary = await importGit(request());
    expect(summary).toMatchObject({ authors: { total: 0 }, commits: { read: 0 }, commitsPerSecond: 0 });
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v3/workspaces?after=0',
      'POST /api/v3/workspaces',
    ]);
  });

  it('splits what would be too large for one request', async () => {
    dirty.bulk(500, '😀'.repeat(5_000));
    const { commits } = await importGit(request());
    expect(commits).toMatchObject({ read: 500, accepted: 500, refused: 0 });
    for (const { headers } of server.requests(/POST .*activities/)) {
      expect(Number(headers['content-length'])).toBeLessThan(8 * 1024 * 1024);
    }
  });

  it('shows each step, never more than there is and the whole at the end', async () => {
    dirty.history(DIRT);
    const seen: Progress[] = [];
    await importGit(request({ onProgress: (progress) => seen.push(progress) }));
    expect(seen.every(({ done, whole }) => done <= whole)).toBe(true);
    const { length } = DIRT;
    expect(seen.at(-1)).toMatchObject({ done: length, whole: length, counted: `${length} of ${length} commits` });
  });
});

describe('an author', () => {
  it('that exists is left as it is', async () => {
    dirty.history([{ author: 'Other Name <jane@example.com>' }]);
    const jane = { id: 1, username: 'jane@example.com', email: 'other@example.com', firstName: 'J', lastName: '' };
    server.users.set('jane@example.com', jane);
    expect(await importGit(request())).toMatchObject({ authors: { new: 0, existing: 1 }, commits: { accepted: 1 } });
    expect([...server.users.values()]).toEqual([jane]);
  });

  it('is the user who has the address, whatever their name', async () => {
    dirty.history([{ author: 'Jane <jane@example.com>' }]);
    server.users.set('boss', { id: 1, username: 'boss', email: 'Jane@Example.com', firstName: '', lastName: '' });
    server.users.set('jane@example.com', {
      id: 2,
      username: 'jane@example.com',
      email: 'other@example.com',
      firstName: '',
      lastName: '',
    });
    expect((await importGit(request())).authors).toMatchObject({ new: 0, existing: 1, refused: 0 });
    expect(server.activitiesOf(1)).toHaveLength(1);
  });

  it('stays one person after they were renamed, and nothing of theirs is counted again', async () => {
    dirty.history([{ author: 'Jane <jane@example.com>' }, {}]);
    await importGit(request());
    const [jane] = [...server.users.values()];
    server.users.clear();
    server.users.set('jane', { ...jane!, username: 'jane' });
    expect(await importGit(request())).toMatchObject({
      workspace: { id: 1, isNew: false },
      authors: { new: 0, existing: 1 },
      commits: { accepted: 0, countedBefore: 2 },
    });
    expect(server.activities.size).toBe(2);
  });

  it('has a commit counted where only another source had one of the same hash', async () => {
    const [hash] = dirty.history([{ author: 'Jane <jane@example.com>' }]);
    await importGit(request());
    const [[unique, activity]] = [...server.activities] as [[string, object]];
    server.activities.clear();
    server.activities.set(`${unique} of /ci`, { ...activity, source: '/ci' } as never);
    expect((await importGit(request())).commits).toMatchObject({ accepted: 1, countedBefore: 0 });
    expect([...server.activities.keys()]).toEqual([`1/${hash} of /ci`, `1/${hash}`]);
  });

  it('that somebody else registers at the same moment is that user', async () => {
    dirty.history([{ author: 'Jane <jane@example.com>' }]);
    const jane = { id: 1, username: 'jane', email: 'jane@example.com', firstName: '', lastName: '' };
    server.before = ({ method, path }) => {
      if (method === 'POST' && path.endsWith('/users')) server.users.set('jane', jane);
      return undefined;
    };
    expect((await importGit(request())).authors).toMatchObject({ new: 0, existing: 1 });
    expect(server.activitiesOf(1)).toHaveLength(1);
  });

  it('is who .mailmap says, unless it is not to be asked', async () => {
    const [first] = dirty.history([{ author: 'J. <old@example.com>' }, { author: 'Jane <jane@example.com>' }]);
    const blob = dirty.git(['hash-object', '-w', '--stdin'], 'Jane Doe <jane@example.com> <old@example.com>\n');
    const tree = dirty.git(['mktree'], `100644 blob ${blob}\t.mailmap\n`);
    const author = { GIT_AUTHOR_NAME: 'Jane', GIT_AUTHOR_EMAIL: 'jane@example.com' };
    const committer = { GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@example.com' };
    const mapped = dirty.git(['commit-tree', tree, '-p', first!, '-m', 'mapped'], '', { ...author, ...committer });
    dirty.point('refs/heads/main', mapped);
    dirty.git(['symbolic-ref', 'HEAD', 'refs/heads/main']);
    await importGit(request());
    expect([...server.users.keys()]).not.toContain('old@example.com');
    expect((await importGit(request({ mailmap: false }))).authors).toMatchObject({ new: 1 });
    expect([...server.users.keys()]).toContain('old@example.com');
  });

  it('whose address the service takes for no e-mail gets a stand-in', async () => {
    dirty.history([{ author: 'Jane <jane@example.com>' }]);
    const errors = [{ pointer: '/email', code: 'invalid', detail: 'no' }];
    server.before = firstOf(/POST .*users/, problem(422, 'invalid-body', 'no', { errors }));
    expect((await importGit(request())).authors).toMatchObject({ new: 1, refused: 0 });
    expect(server.users.get('jane@example.com')?.email).toMatch(/@invalid\.example$/);
  });

  it('that is refused takes no other down, and its commits are counted as refused', async () => {
    dirty.history([{}, { author: 'Bad <bad@example.com>' }, { author: 'Bad <bad@example.com>' }]);
    server.before = ({ path, body }) =>
      path.endsWith('/users') && (body as { username: string }).username.startsWith('bad')
        ? problem(422, 'invalid-body', 'the username is not to our liking')
        : undefined;
    const summary = await importGit(request());
    expect(summary).toMatchObject({ authors: { new: 1, refused: 1 }, commits: { read: 3, accepted: 1, refused: 2 } });
    expect(summary.refusals).toMatchObject([
      { of: 'commit', code: 'unknown-user', count: 2 },
      {
        of: 'author',
        code: 'invalid-body',
        count: 1,
        examples: [{ what: 'bad@example.com', detail: /liking/ }].map((example) => ({
          ...example,
          detail: 'the username is not to our liking',
        })),
      },
    ]);
    expect(isComplete(summary)).toBe(false);
    expect(summaryText(summary)).toContain(
      '1 authors refused: invalid-body\n  bad@example.com: the username is not to our liking',
    );
  });
});

describe('the workspace of a repository', () => {
  it('is found again after it was renamed', async () => {
    const [, tip] = dirty.history([{}, { message: 'second' }]);
    await importGit(request());
    server.workspaces[0] = { id: 1, name: 'Something else' };
    dirty.point('refs/heads/main', dirty.commit({ message: 'new' }, [tip!]));
    expect(await importGit(request())).toMatchObject({
      workspace: { id: 1, name: 'Something else', isNew: false },
      commits: { accepted: 1, countedBefore: 2 },
    });
    expect(server.workspaces).toHaveLength(1);
  });

  it('is another one than that of a repository whose folder has the same name', async () => {
    const other = new DirtyRepository(process.env, { name: 'dirty.git', bare: true });
    dirty.history([{ message: 'one' }]);
    other.history([{ message: 'other' }]);
    await importGit(request());
    const second = await importGit(request({ repository: other.path }));
    other.remove();
    expect(second.workspace).toEqual({ id: 2, name: 'dirty (2)', isNew: true, taken: 'dirty' });
    expect(server.workspaces.map(({ name }) => name)).toEqual(['dirty', 'dirty (2)']);
    expect((await importGit(request())).workspace).toEqual({ id: 1, name: 'dirty', isNew: false });
  });

  it('is the same where the import ended before its first commit was in', async () => {
    dirty.history([{}]);
    server.before = ({ path }) => (path.endsWith('/activities') ? problem(401, 'unauthorized', 'no') : undefined);
    await expect(importGit(request())).rejects.toThrow(/does not take the token/);
    server.before = () => undefined;
    expect((await importGit(request())).workspace).toMatchObject({ id: 1, name: 'dirty' });
    expect(server.workspaces).toHaveLength(1);
  });

  it('has one name in either form of Unicode', async () => {
    server.workspaces.push({ id: 1, name: 'Caf\u00e9' });
    dirty.history([{}]);
    const { workspace } = await importGit(request({ workspace: 'Cafe\u0301' }));
    expect(workspace).toEqual({ id: 1, name: 'Caf\u00e9', isNew: false });
  });
});

describe('a fork', () => {
  it('brings what is its own, and tells the rest as counted before', async () => {
    const [, tip] = dirty.history([{ message: 'one' }, { message: 'two' }]);
    await importGit(request());
    const fork = new DirtyRepository(process.env, { name: 'fork.git', bare: true });
    fork.git(['fetch', '-q', dirty.path, '+refs/heads/*:refs/heads/*']);
    fork.point('refs/heads/main', fork.commit({ message: 'three' }, [tip!]));
    const { commits } = await importGit(request({ repository: fork.path, workspace: 'fork' }));
    fork.remove();
    expect(commits).toEqual({ read: 3, accepted: 1, countedBefore: 2, refused: 0 });
    expect(server.activities.size).toBe(3);
  });
});
