import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContractServer, firstOf, problem } from '../test/contract-server.js';
import { DIRT, DirtyRepository } from '../test/dirty-repository.js';
import { type GitImport, importGit } from './import-git.js';

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

describe('a list that others change', () => {
  it('has the workspace that was named, although others are deleted while it is read', async () => {
    dirty.history([{}]);
    const names = ['a', 'b', 'Mine', 'd', 'e'];
    server.workspaces.push(...names.map((name, at) => ({ id: at + 1, name })));
    server.after = ({ method, path }, reply) => {
      if (method === 'GET' && path.includes('/workspaces?') && server.workspaces[0]?.id === 1)
        server.workspaces.shift();
      return reply;
    };
    await importGit(request({ workspace: 'Mine' }));
    expect([...server.activities.values()]).toMatchObject([{ workspaceId: 3 }]);
    expect(server.workspaces).toHaveLength(4);
  });
});

describe('a service that cannot keep up', () => {
  it('is given the time that it asks for, and gets everything in the end', async () => {
    dirty.history(DIRT);
    const busy = problem(429, 'overloaded', 'wait');
    server.before = firstOf(
      /POST .*(users|activities)/,
      { ...problem(503, 'unavailable', 'wait'), headers: { 'retry-after': '1' } },
      busy,
      { ...busy, headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' } },
    );
    const summary = await importGit(request({ patience: { patienceMs: 20_000, timeoutMs: 20_000 } }));
    expect(summary.commits.accepted).toBe(DIRT.length);
    expect(server.activities.size).toBe(DIRT.length);
    const [first] = server.requests(/POST .*users/);
    const resent = server
      .requests(/POST .*users/)
      .filter(({ body }) => JSON.stringify(body) === JSON.stringify(first!.body));
    expect(resent[1]!.at - first!.at).toBeGreaterThanOrEqual(990);
  });

  it('may answer later what became of a user and of the workspace', async () => {
    dirty.history([{}, { author: 'N <>' }, { author: 'Taken <taken@example.com>' }]);
    server.users.set('taken@example.com', {
      id: 1,
      username: 'taken@example.com',
      email: 't@x',
      firstName: '',
      lastName: '',
    });
    server.after = ({ method, path }, reply) =>
      method === 'POST' && /users|workspaces/.test(path) && reply.status === 201 ? server.pending(reply, 2) : reply;
    const summary = await importGit(request());
    expect(summary).toMatchObject({ workspace: { id: 1 }, authors: { new: 2, existing: 1 }, commits: { accepted: 3 } });
  });

  it('makes one workspace even where its answer is lost', async () => {
    dirty.history([{}]);
    let lost = 0;
    server.after = ({ method, path }, reply) =>
      method === 'POST' && /workspaces/.test(path) && lost++ === 0 ? { ...reply, lost: true } : reply;
    expect((await importGit(request())).workspace).toEqual({ id: 1, name: 'dirty', isNew: true });
    expect(server.workspaces).toHaveLength(1);
  });

  it('counts commits once though answers are lost', async () => {
    dirty.history(DIRT);
    let sent = 0;
    server.after = ({ method, path }, reply) =>
      method === 'POST' && /activities/.test(path) && sent++ === 0 ? { ...reply, lost: true } : reply;
    expect((await importGit(request())).commits).toMatchObject({
      read: DIRT.length,
      accepted: DIRT.length,
      refused: 0,
    });
    expect(server.activities.size).toBe(DIRT.length);
  });

  it('is given up after a while, saying how much is in', async () => {
    dirty.bulk(1_500, 'one of many');
    const full = { ...problem(429, 'overloaded', 'the views lag'), headers: { 'retry-after': '0' } };
    server.before = ({ method, path }) =>
      method === 'POST' && /activities/.test(path) && server.activities.size > 0 ? full : undefined;
    const patience = { patienceMs: 300, timeoutMs: 5_000 };
    await expect(importGit(request({ patience }))).rejects.toThrow(
      /taken nothing for .* minutes \(429 the views lag\)\. (1000|500) commits had been accepted by then/,
    );
  });
});

describe('what the service refuses', () => {
  it('is counted commit by commit, with its code and examples', async () => {
    const hashes = dirty.history(Array.from({ length: 20 }, (_, index) => ({ message: `commit ${index}` })));
    server.refuses = ({ data: { subject } }) =>
      Number(subject.split(' ')[1]) % 2 ? { code: 'invalid-time', detail: `not ${subject}` } : undefined;
    const { commits, refusals } = await importGit(request());
    expect(commits).toMatchObject({ read: 20, accepted: 10, refused: 10 });
    expect(refusals).toMatchObject([{ of: 'commit', code: 'invalid-time', count: 10 }]);
    expect(refusals[0]?.examples).toHaveLength(5);
    expect(refusals[0]?.examples).toContainEqual({ what: hashes[19], detail: 'not commit 19' });
  });

  it('is counted where all of a request is refused, by its items or as a whole', async () => {
    dirty.history([{}, {}]);
    server.refuses = () => ({ code: 'invalid', detail: 'no' });
    expect((await importGit(request())).commits).toMatchObject({ read: 2, accepted: 0, refused: 2 });
    server.before = firstOf(/POST .*activities/, problem(413, 'too-large', 'too much'));
    expect((await importGit(request())).refusals).toMatchObject([{ code: 'too-large', count: 2 }]);
  });

  it('is counted even where the service does not say it', async () => {
    dirty.history([{}, {}, {}]);
    server.before = firstOf(/POST .*activities/, { status: 202, body: { accepted: 2, rejected: [] } });
    const { commits, refusals } = await importGit(request());
    expect(commits).toMatchObject({ read: 3, accepted: 2, refused: 1 });
    expect(refusals).toMatchObject([{ code: 'unanswered', count: 1 }]);
  });

  it('ends the import where it is the token', async () => {
    dirty.history([{}]);
    server.before = firstOf(/POST .*users/, problem(403, 'missing-scope', 'This call needs the scope users:write.'));
    await expect(importGit(request())).rejects.toThrow(
      'does not take the token: This call needs the scope users:write.',
    );
  });
});

describe('a service that is not there', () => {
  it('is told at once', async () => {
    const service = { url: 'http://127.0.0.1:9', environment: 'demo', token: async () => '' };
    await expect(importGit(request({ service }))).rejects.toThrow(/^The service at http:\/\/127\.0\.0\.1:9\/ does not/);
  });

  it.each(['', 'localhost:3000', 'ftp://x', 'not an address'])(
    'is told from an address that is none: %j',
    async (url) => {
      const service = { url, environment: 'demo', token: async () => '' };
      await expect(importGit(request({ service }))).rejects.toThrow(/is no address of a service/);
    },
  );

  it('is told from another program that answers there', async () => {
    server.before = () => ({ status: 200, body: { hello: 'world' } });
    await expect(importGit(request())).rejects.toThrow('What answers there is not Tidemark.');
  });
});
