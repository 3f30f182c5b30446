import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { runCommandLine } from '../../apps/cli/src/command-line.js';
import { usernameOf } from '../../libs/importing/src/git-identities.js';
import { DIRT, DirtyRepository } from '../../libs/importing/test/dirty-repository.js';
import { eventually } from '../support/eventually.js';
import { type Client, SECRET, type Service, startService } from '../support/service.js';

interface ImportedUser {
  readonly id: number;
  readonly username: string;
}

describe('tidemark import git', () => {
  let service: Service;
  let repository: DirtyRepository;

  beforeAll(async () => {
    service = await startService();
    repository = new DirtyRepository(process.env, { name: 'emmett.git', bare: true });
    repository.history(DIRT);
    repository.tag('v1', repository.commit({ author: 'Tagged <tagged@example.com>' }));
    repository.bulk(3_000, 'one of many', 'Busy Bee <busy@example.com>');
  });
  afterAll(async () => {
    repository?.remove();
    await service?.stop();
  });

  async function importInto(environment: string): Promise<{ code: number; out: string; err: string }> {
    const written = { out: '', err: '' };
    const to = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => !!(written[name] += text) });
    const env = { ...process.env, AUTH_JWT_SECRET: SECRET, TIDEMARK_URL: service.url, TIDEMARK_TOKEN: '' };
    const args = ['import', 'git', repository.path, '--environment', environment, '--json'];
    const code = await runCommandLine(args, { env, stateFolder: tmpdir(), out: to('out'), err: to('err') });
    return { code, ...written };
  }

  /** As git itself counts them, by the name that each address goes under. */
  function commitsByAuthor(): Record<string, number> {
    const lines = repository.git(['log', '--branches', '--tags', '--format=%ae|']).split('\n');
    const authors = Map.groupBy(lines, (line) => usernameOf(line.replace(/\|$/, '')));
    return Object.fromEntries([...authors].map(([username, commits]) => [username, commits.length]));
  }

  const users = async (client: Client) =>
    ((await client('GET', '/api/v3/users?page_size=500')).body as { results: ImportedUser[] }).results;

  const count = async (client: Client, path: string) => ((await client('GET', path)).body as { count: number }).count;

  async function countsByUser(client: Client): Promise<Record<string, number>> {
    const counts = (await users(client)).map(async ({ id, username }) => {
      return [username, await count(client, `/api/v3/users/${id}/activities/count`)] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  }

  async function feed(client: Client, username: string): Promise<Record<string, unknown>[]> {
    const user = (await users(client)).find((one) => one.username === username);
    return (await client('GET', `/api/v3/users/${user?.id}/activities?limit=500`)).body as Record<string, unknown>[];
  }

  it('gives every author of a dirty history as many activities as git log counts commits', async () => {
    const client = await service.client('history');
    const { code, out, err } = await importInto('history');
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringMatching(/refused: /) });
    const total = DIRT.length + 1 + 3_000;
    const authors = Object.keys(commitsByAuthor()).length;
    expect(JSON.parse(out)).toMatchObject({
      workspace: { id: 1, name: 'emmett', isNew: true },
      authors: { total: authors, new: authors, existing: 0, refused: 0 },
      commits: { read: total, accepted: total, refused: 0 },
      refusals: [],
    });
    await eventually(async () => expect(await countsByUser(client)).toEqual(commitsByAuthor()));
  });

  it('keeps hash, date and subject of a commit, in the workspace of the repository', async () => {
    const client = await service.client('history');
    const hash = repository.git(['rev-parse', 'v1^{commit}']);
    expect(await feed(client, 'tagged@example.com')).toMatchObject([
      {
        id: hash,
        type: 'commit',
        workspaceId: 1,
        occurredAt: '2017-07-14T02:40:00.000Z',
        data: { subject: 'a subject' },
      },
    ]);
  });

  it('keeps an impossible date as text beside the date that it was given', async () => {
    const client = await service.client('history');
    const future = (await feed(client, 'jane@example.com')).filter(
      ({ data }) => (data as { authorDate?: string }).authorDate === '2100-01-01T00:00:00.000Z',
    );
    expect(future).toHaveLength(2);
    expect(future.at(-1)).toMatchObject({ occurredAt: '2017-07-14T02:40:01.000Z' });
  });

  it('changes nothing the second time', async () => {
    const client = await service.client('again');
    const first = JSON.parse((await importInto('again')).out) as { authors: { new: number } };
    await eventually(async () => expect(await countsByUser(client)).toEqual(commitsByAuthor()));
    const usersBefore = await users(client);
    const jane = await feed(client, 'jane@example.com');

    const second = await importInto('again');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({
      workspace: { id: 1, isNew: false },
      authors: { new: 0, existing: first.authors.new, refused: 0 },
      commits: { accepted: 0, countedBefore: DIRT.length + 1 + 3_000, refused: 0 },
    });
    // A command is judged after what was appended before, but activities are another topic: a new one shows the end.
    await client('POST', '/api/v3/users', { username: 'marker', email: 'marker@example.com' });
    await client('POST', '/api/v3/activities', { id: 'end', username: 'busy@example.com', type: 'end' });
    await eventually(async () => expect((await feed(client, 'busy@example.com'))[0]).toMatchObject({ id: 'end' }));
    const expected = commitsByAuthor();
    const counts = await countsByUser(client);
    expect(counts).toEqual({ ...expected, marker: 0, 'busy@example.com': expected['busy@example.com']! + 1 });
    expect(await feed(client, 'jane@example.com')).toEqual(jane);
    expect((await users(client)).slice(0, -1)).toEqual(usersBefore);
    expect(await count(client, '/api/v3/workspaces')).toBe(1);
  });

  it('finds people and workspace again after both were renamed, and counts nothing again', async () => {
    const client = await service.client('renamed');
    await importInto('renamed');
    const before = await countsByUser(client);
    const { id } = (await users(client)).find(({ username }) => username === 'busy@example.com')!;
    await client('PATCH', `/api/v3/users/${id}`, { username: 'busy' });
    await client('PATCH', '/api/v3/workspaces/1', { name: 'Renamed' });
    const { out } = await importInto('renamed');
    expect(JSON.parse(out)).toMatchObject({
      workspace: { id: 1, name: 'Renamed', isNew: false },
      authors: { new: 0 },
      commits: { accepted: 0, countedBefore: DIRT.length + 1 + 3_000 },
    });
    const { 'busy@example.com': busy, ...others } = before;
    expect(await countsByUser(client)).toEqual({ ...others, busy });
  });

  it('ends with a sentence where the token does not open the environment', async () => {
    const env = {
      ...process.env,
      TIDEMARK_URL: service.url,
      TIDEMARK_TOKEN: await service.token({ environments: ['a'] }),
    };
    let err = '';
    const code = await runCommandLine(['import', 'git', repository.path, '--environment', 'b'], {
      env,
      stateFolder: tmpdir(),
      out: { write: () => true },
      err: { isTTY: false, write: (text: string) => !!(err += text) },
    });
    expect(code).toBe(1);
    expect(err).toBe('The service does not take the token: The token does not name the environment b.\n');
  });
});
