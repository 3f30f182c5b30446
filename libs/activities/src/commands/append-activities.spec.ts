import { beforeEach, describe, expect, it } from '@jest/globals';
import { type EventLog, type NewRecord } from '#event-sourcing';
import { Namespace } from '#platform';
import { type RecentDirectory } from '#registry';
import { checkActivity } from '../ingestion/activity.input.js';
import { type Admission } from '../ingestion/admission.js';
import { type Slice } from '../ingestion/request-items.js';
import { AppendActivities } from './append-activities.js';

const MEGABYTE = 1024 * 1024;
const good = { userId: 1, type: 'seen' };
const bad = { userId: 1, type: '' };

describe('the slices of a request', () => {
  let appended: NewRecord[][];
  let settled: number;
  let take: () => Promise<void>;
  let findUsers: () => Promise<void>;
  let activities: AppendActivities;

  beforeEach(() => {
    appended = [];
    settled = 0;
    take = () => Promise.resolve();
    findUsers = () => Promise.resolve();
    const log: Pick<EventLog, 'append'> = {
      append: (_, records) => {
        appended.push([...records]);
        return take();
      },
    };
    const directory: Pick<RecentDirectory, 'userIds' | 'workspaceIds'> = {
      userIds: (_, references) => findUsers().then(() => references.map(() => 1)),
      workspaceIds: () => Promise.resolve([]),
    };
    const admission: Pick<Admission, 'admitBackfill'> = { admitBackfill: () => Promise.resolve(() => (settled += 1)) };
    activities = new AppendActivities(
      log as EventLog,
      directory as RecentDirectory,
      admission as Admission,
      new Namespace('test'),
    );
  });

  const send = (items: readonly object[], bytes: number, lane?: 'backfill') =>
    activities.execute({
      environment: 'acme',
      slices: slicesOf(items, bytes),
      nameItem: (index) => `item ${index}`,
      lane,
    });
  const idsIn = (records: readonly NewRecord[]) =>
    records.map(({ value }) => (JSON.parse(value.toString()) as { id: string }).id);

  it('have one count of places: bad items are told by theirs, and others without an id are named by it', async () => {
    const items = Array.from({ length: 600 }, (_, n) => ([10, 300, 599].includes(n) ? bad : good));
    const { accepted, rejected } = await send(items, 60_000);
    expect(accepted).toBe(597);
    expect(rejected.map(({ index }) => index)).toEqual([10, 300, 599]);
    const places = [...items.keys()].filter((n) => items[n] === good);
    expect(appended.flatMap(idsIn)).toEqual(places.map((n) => `item ${n}`));
    expect(appended.length).toBeGreaterThan(2);
  });

  it.each<[string, () => void]>([
    ['the log has taken them', () => undefined],
    ['the log has not taken them', () => (take = () => Promise.reject(new Error('down')))],
    ['they cannot be checked', () => (findUsers = () => Promise.reject(new Error('down')))],
  ])('leave room for others when %s', async (_, arrange) => {
    arrange();
    for (let n = 0; n < 8; n += 1) await send([good], MEGABYTE).catch(() => undefined);
    take = findUsers = () => Promise.resolve();
    expect(await send([good], MEGABYTE)).toEqual({ accepted: 1, rejected: [] });
  });

  it('are not sent behind one that the log did not take', async () => {
    take = () => Promise.reject(new Error('down'));
    await expect(send(Array<object>(2_560).fill(good), 60_000)).rejects.toThrow('down');
    expect(appended.length).toBeLessThan(3);
  });

  it('of history are under way until the log has them, or has not taken them', async () => {
    await send([good], 100, 'backfill');
    expect(settled).toBe(1);
    take = () => Promise.reject(new Error('down'));
    await expect(send([good], 100, 'backfill')).rejects.toThrow('down');
    expect(settled).toBe(2);
    await expect(send([good], 100)).rejects.toThrow('down');
    expect(settled).toBe(2);
  });
});

/** As a body of so many bytes is cut. */
function slicesOf(items: readonly object[], bytes: number): Slice[] {
  return Array.from({ length: Math.ceil(items.length / 256) }, (_, slice) => {
    const own = items.slice(slice * 256, (slice + 1) * 256);
    const share = Math.ceil((bytes * own.length) / items.length);
    return { items: own.length, bytes: share, read: (now) => own.map((item) => checkActivity(item, now)) };
  });
}
