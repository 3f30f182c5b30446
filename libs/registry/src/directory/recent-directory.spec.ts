import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Directory, type UserReference } from './directory.js';
import { BELIEVED_MS, RecentDirectory } from './recent-directory.js';

/** What exists, and each question that was asked about it. */
class Existing {
  readonly users = new Map<string, number>();
  readonly workspaces = new Set<number>();
  readonly questions: string[] = [];
  /** While a question is answered. */
  meanwhile: () => unknown = () => undefined;

  readonly directory = {
    userIds: async (environment: string, references: readonly UserReference[]) => {
      this.questions.push(environment);
      this.meanwhile();
      return references.map((reference) => this.users.get(`${environment}/${String(Object.values(reference)[0])}`));
    },
    workspaceIds: async (_environment: string, ids: readonly number[]) => {
      this.questions.push('workspaces');
      return new Set(ids.filter((id) => this.workspaces.has(id)));
    },
  } as Pick<Directory, 'userIds' | 'workspaceIds'> as Directory;
}

describe('who exists, as it was within the last second', () => {
  let existing: Existing;
  let now: number;
  let recent: RecentDirectory;

  beforeEach(() => {
    existing = new Existing();
    now = 1;
    recent = new RecentDirectory(existing.directory, { now: () => now });
    existing.users.set('acme/1', 1).set('acme/abc', 1).set('acme/jane', 1);
  });

  it('is asked once a second, by integer id and by object id', async () => {
    const references = [{ userId: 1 }, { objectId: 'abc' }];
    for (let n = 0; n < 5; n += 1) expect(await recent.userIds('acme', references)).toEqual([1, 1]);
    expect(existing.questions).toEqual(['acme']);
    now += BELIEVED_MS + 1;
    await recent.userIds('acme', references);
    expect(existing.questions).toEqual(['acme', 'acme']);
  });

  it('knows a user who was not there a moment ago', async () => {
    expect(await recent.userIds('acme', [{ userId: 2 }])).toEqual([undefined]);
    existing.users.set('acme/2', 2);
    expect(await recent.userIds('acme', [{ userId: 2 }, { userId: 1 }])).toEqual([2, 1]);
  });

  it('forgets a user within a second of the deletion, however often it is asked', async () => {
    await recent.userIds('acme', [{ userId: 1 }]);
    existing.users.clear();
    for (; now <= BELIEVED_MS; now += 100) expect(await recent.userIds('acme', [{ userId: 1 }])).toEqual([1]);
    now += 1;
    expect(await recent.userIds('acme', [{ userId: 1 }])).toEqual([undefined]);
  });

  it('believes no longer than a second from the question, however long the answer took', async () => {
    existing.meanwhile = () => (now += 500);
    await recent.userIds('acme', [{ userId: 1 }]);
    now = BELIEVED_MS + 2;
    await recent.userIds('acme', [{ userId: 1 }]);
    expect(existing.questions).toHaveLength(2);
  });

  it('asks for a username each time, since it may be another user by then', async () => {
    expect(await recent.userIds('acme', [{ username: 'jane' }])).toEqual([1]);
    existing.users.set('acme/jane', 2);
    expect(await recent.userIds('acme', [{ username: 'jane' }, { userId: 1 }])).toEqual([2, 1]);
  });

  it('keeps environments apart', async () => {
    await recent.userIds('acme', [{ userId: 1 }]);
    expect(await recent.userIds('other', [{ userId: 1 }])).toEqual([undefined]);
  });

  it('asks once for all who ask at the same time, and gives each their own', async () => {
    existing.users.set('acme/2', 2);
    const ids = Array.from({ length: 50 }, (_, n) => 1 + (n % 3));
    const answers = await Promise.all(ids.map((userId) => recent.userIds('acme', [{ userId }])));
    expect(answers.flat()).toEqual(ids.map((id) => (id === 3 ? undefined : id)));
    expect(existing.questions.length).toBeLessThanOrEqual(2);
  });

  it('remembers no more than there is room for', async () => {
    const many = (from: number) => Array.from({ length: 60_000 }, (_, n) => ({ userId: from + n }));
    for (const { userId } of [...many(1), ...many(100_001)]) existing.users.set(`acme/${userId}`, userId);
    await recent.userIds('acme', many(1));
    await recent.userIds('acme', many(100_001));
    const before = existing.questions.length;
    await recent.userIds('acme', [{ userId: 1 }]);
    expect(existing.questions).toHaveLength(before + 1);
  });

  it('remembers as much as there is room for, of however many that are asked for at once', async () => {
    const all = Array.from({ length: 150_000 }, (_, n) => ({ userId: 1 + n }));
    for (const { userId } of all) existing.users.set(`acme/${userId}`, userId);
    await recent.userIds('acme', all);
    const before = existing.questions.length;
    await recent.userIds('acme', all.slice(-50_000));
    expect(existing.questions).toHaveLength(before);
    await recent.userIds('acme', all.slice(0, 1));
    expect(existing.questions).toHaveLength(before + 1);
  });

  it('knows workspaces in the same way', async () => {
    existing.workspaces.add(7);
    expect(await recent.workspaceIds('acme', [7, 8])).toEqual([7, undefined]);
    existing.workspaces.add(8);
    expect(await recent.workspaceIds('acme', [7, 8])).toEqual([7, 8]);
    await recent.workspaceIds('acme', [7, 8]);
    expect(existing.questions).toEqual(['workspaces', 'workspaces']);
  });
});
