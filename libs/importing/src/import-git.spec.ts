import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContractServer, firstOf, problem } from '../test/contract-server.js';
import { DIRT, DirtyRepository } from '../test/dirty-repository.js';
import { usernameOf } from './git-identities.js';
import { type GitImport, importGit, type ImportProgress } from './import-git.js';
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
    .git(['log', '--all', '--format=%ae|'])
    .split('|\n')
    .map((line) => line.replace(/\|$/, ''));
  const byAuthor = Map.groupBy(addresses, usernameOf);
  return new Map([...byAuthor].map(([username, commits]) => [username, commits.length]));
}

function storedByAuthor(): Map<string, number> {
  return new Map(
    [...server.users.values()].map(({ username }) => [
      username,
      [...server.activities.values()].filter((activity) => activity.username === username).length,
    ]),
  );
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
      altered: { dates: 7, subjects: 2 },
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
    expect(again).toMatchObject({ workspace: { isNew: false }, authors: { new: 0, existing: users.size } });
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
    expect(server.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('splits what would be too large for one request', async () => {
    dirty.bulk(500, '😀'.repeat(5_000));
    const { commits } = await importGit(request());
    expect(commits).toEqual({ read: 500, accepted: 500, refused: 0 });
    for (const { headers } of server.requests(/POST .*activities/)) {
      expect(Number(headers['content-length'])).toBeLessThan(8 * 1024 * 1024);
    }
  });

  it('shows each step, never more than there is and the whole at the end', async () => {
    dirty.history(DIRT);
    const seen: ImportProgress[] = [];
    await importGit(request({ onProgress: (progress) => seen.push(progress) }));
    expect(seen.every(({ commits }) => commits.accepted <= commits.read)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ commits: { read: DIRT.length, accepted: DIRT.length }, total: DIRT.length });
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

  it('whose address another user has gets a stand-in', async () => {
    dirty.history([{ author: 'Jane <jane@example.com>' }]);
    const boss = { id: 1, username: 'boss', email: 'jane@example.com', firstName: '', lastName: '' };
    server.users.set('boss', boss);
    const { authors, changedAuthors } = await importGit(request());
    expect(authors).toMatchObject({ new: 1, refused: 0 });
    expect(changedAuthors).toMatchObject([
      { username: 'jane@example.com', email: server.users.get('jane@example.com')?.email },
    ]);
    expect(changedAuthors[0]?.email).toMatch(/^[0-9a-f]{40}@invalid\.example$/);
  });

  it('whose address the service takes for no e-mail gets a stand-in', async () => {
    dirty.history([{ author: 'Jane <jane@example.com>' }]);
    const errors = [{ pointer: '/email', code: 'invalid', detail: 'no' }];
    server.before = firstOf(/users/, problem(422, 'invalid-body', 'no', { errors }));
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
