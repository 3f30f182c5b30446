import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Namespace } from '#platform';
import { type Directory, type UserReference } from './directory.js';
import { BELIEVED_MS, RecentDirectory } from './recent-directory.js';

/** What exists, and each question that was asked about it. */
class Existing {
  readonly users = new Map<string, number>();
  readonly workspaces = new Set<number>();
  readonly questions: string[] = [];
  generation = 1;
  /** While a question is answered. */
  meanwhile: () => unknown = () => undefined;

  readonly directory = {
    userIds: async (environment: string, references: readonly UserReference[]) => {
      this.questions.push(environment);
      const ids = references.map((one) => this.users.get(`${environment}/${String(Object.values(one)[0])}`));
      this.meanwhile();
      return ids;
    },
    workspaceIds: async (_environment: string, ids: readonly number[]) => {
      this.questions.push('workspaces');
      return new Set(ids.filter((id) => this.workspaces.has(id)));
    },
    generation: async () => this.generation,
  } as Pick<Directory, 'userIds' | 'workspaceIds' | 'generation'> as Directory;
}

/** What is announced, and whether all of it is known to be heard. */
class Announcements {
  deleted: (user: string) => void = () => undefined;
  deletedWorkspace: (workspace: string) => void = () => undefined;
  resumed: () => void = () => undefined;
  hearAll = () => Promise.resolve();

  async listen(channel: string, heard: (payload: string) => void, resumed: () => void): Promise<void> {
    if (channel.endsWith('deleted_workspaces')) this.deletedWorkspace = heard;
    else this.deleted = heard;
    const before = this.resumed;
    this.resumed = () => (before(), resumed());
  }
}

describe('who exists, as it was within the last second', () => {
  let existing: Existing;
  let announcements: Announcements;
  let now: number;
  let recent: RecentDirectory;

  const idsOf = async (...references: UserReference[]) => recent.userIds('acme', references);
  /** A second on, with requests by which it goes on being sure. */
  const pass = async () => {
    for (const end = now + 1_000; now < end; now += 100) {
      await recent.userIds('acme', []);
      await turn();
    }
  };

  beforeEach(async () => {
    existing = new Existing();
    announcements = new Announcements();
    now = 1;
    recent = new RecentDirectory(existing.directory, announcements, new Namespace('t'), { now: () => now });
    existing.users.set('acme/1', 1).set('acme/abc', 1).set('acme/jane', 1);
    await pass();
  });

  it('is asked once, by integer id and by object id', async () => {
    for (let n = 0; n < 5; n += 1) {
      expect(await idsOf({ userId: 1 }, { objectId: 'abc' })).toEqual([1, 1]);
      await pass();
    }
    expect(existing.questions).toEqual(['acme']);
  });

  it('knows a user who was not there a moment ago', async () => {
    expect(await idsOf({ userId: 2 })).toEqual([undefined]);
    existing.users.set('acme/2', 2);
    expect(await idsOf({ userId: 2 }, { userId: 1 })).toEqual([2, 1]);
  });

  it('forgets a user whose deletion is announced, by whatever name, and nobody else', async () => {
    existing.users.set('acme/2', 2);
    await idsOf({ userId: 1 }, { objectId: 'abc' }, { userId: 2 });
    existing.users.clear();
    announcements.deleted('acme/1');
    expect(await idsOf({ userId: 1 }, { objectId: 'abc' }, { userId: 2 })).toEqual([undefined, undefined, 2]);
  });

  it('forgets a user within a second of the deletion where no announcement can be heard', async () => {
    await idsOf({ userId: 1 });
    announcements.hearAll = () => Promise.reject(new Error('no connection listens'));
    existing.users.clear();
    await pass();
    expect(await idsOf({ userId: 1 })).toEqual([undefined]);
  });

  it('believes no longer than a second from when it was sure, however long it takes to be so again', async () => {
    await idsOf({ userId: 1 });
    const { promise: silence, resolve } = Promise.withResolvers<void>();
    announcements.hearAll = () => silence;
    existing.users.clear();
    await pass();
    expect(await idsOf({ userId: 1 })).toEqual([undefined]);
    existing.users.set('acme/1', 1);
    await idsOf({ userId: 1 });
    existing.users.clear();
    now += 5_000;
    resolve();
    await turn();
    expect(await idsOf({ userId: 1 })).toEqual([undefined]);
  });

  it('asks those who were known before all was heard once more', async () => {
    await idsOf({ userId: 1 });
    existing.users.clear();
    announcements.resumed();
    expect(await idsOf({ userId: 1 })).toEqual([undefined]);
  });

  it('does not keep what an answer has of a user who was deleted meanwhile', async () => {
    existing.meanwhile = () => announcements.deleted('acme/1');
    await idsOf({ userId: 1 });
    existing.users.clear();
    expect(await idsOf({ userId: 1 })).toEqual([undefined]);
  });

  it('forgets all within a second of when other views are live', async () => {
    await idsOf({ userId: 1 });
    existing.users.clear();
    existing.generation = 2;
    await pass();
    expect(await idsOf({ userId: 1 })).toEqual([undefined]);
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

  it('remembers as much as there is room for and no more, however many are asked for at once', async () => {
    const all = Array.from({ length: 400_000 }, (_, n) => ({ userId: 1 + n }));
    for (const { userId } of all) existing.users.set(`acme/${userId}`, userId);
    await recent.userIds('acme', all);
    const before = existing.questions.length;
    await recent.userIds('acme', all.slice(-100_000));
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

  it('forgets a workspace whose deletion is announced, and no other', async () => {
    existing.workspaces.add(7).add(8);
    await recent.workspaceIds('acme', [7, 8]);
    existing.workspaces.clear();
    announcements.deletedWorkspace('acme/7');
    announcements.deleted('acme/8');
    expect(await recent.workspaceIds('acme', [7, 8])).toEqual([undefined, 8]);
  });

  it.each<[string, () => unknown]>([
    ['it is not sure of them any more', () => (now += BELIEVED_MS + 1)],
    ['announcements may have been missed', () => announcements.resumed()],
    ['other views are live', () => ((existing.generation = 2), pass())],
  ])('asks for workspaces anew where %s', async (_, happens) => {
    existing.workspaces.add(7);
    await recent.workspaceIds('acme', [7]);
    existing.workspaces.clear();
    await happens();
    expect(await recent.workspaceIds('acme', [7])).toEqual([undefined]);
  });
});
