import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PartitionRange, readPast, type WantedActivities } from '#activities';
import { partitionFor } from '#event-log';
import { openView, type View } from '../test/view.js';

const ENVIRONMENT = 'acme';
const COUNT = 6_000;
const PAGE = 50;

/** Of two types, every hundredth in workspace 2, every tenth of the others in workspace 1. */
const sent = Array.from({ length: COUNT }, (_, n) => ({
  id: `a${n}`,
  type: n % 3 === 0 ? 'edit' : 'read',
  workspace: n % 100 === 0 ? 2 : n % 10 === 0 ? 1 : undefined,
  receivedAt: Date.parse('2026-03-01T12:00:00Z') + n,
}));

describe('the past that a client wants', () => {
  let view: View;
  const range: PartitionRange = { partition: partitionFor(`${ENVIRONMENT}/1`, 8), from: 0, to: COUNT };

  beforeAll(async () => {
    view = await openView(process.env.DATABASE_URL!);
    await view.register(ENVIRONMENT);
    await view.send(ENVIRONMENT, 1, ...sent);
  });
  afterAll(() => view.close());

  /** What all pages have, and how many there were. */
  async function readAll(wanted: WantedActivities, { from, to }: Pick<PartitionRange, 'from' | 'to'>) {
    const ids: string[] = [];
    let pages = 0;
    for (let at = from; at < to; pages += 1) {
      const page = await readPast(view.postgres, { ...range, from: at, to }, wanted, PAGE);
      ids.push(...page.messages.map(({ json }) => (JSON.parse(json) as { id: string }).id));
      at = page.next;
    }
    return { ids, pages };
  }

  it.each<[string, WantedActivities, (one: (typeof sent)[number]) => boolean]>([
    ['a user', { target: { environment: ENVIRONMENT, userId: 1 } }, () => true],
    ['a workspace', { target: { environment: ENVIRONMENT, workspaceId: 1 } }, ({ workspace }) => workspace === 1],
    ['a small workspace', { target: { environment: ENVIRONMENT, workspaceId: 2 } }, ({ workspace }) => workspace === 2],
    ['nobody', { target: { environment: ENVIRONMENT, userId: 2 } }, () => false],
    ["another environment's", { target: { environment: 'other', workspaceId: 1 } }, () => false],
    [
      'a workspace by type and time',
      {
        target: { environment: ENVIRONMENT, workspaceId: 2 },
        types: new Set(['edit']),
        since: sent[1_000]!.receivedAt,
      },
      ({ workspace, type, receivedAt }) => workspace === 2 && type === 'edit' && receivedAt >= sent[1_000]!.receivedAt,
    ],
  ])('is that of %s, in the order of the log, once, from wherever to wherever', async (_, wanted, isWanted) => {
    for (const [from, to] of [
      [0, COUNT],
      [0, 100],
      [17, 5_900],
      [3_001, 3_001],
      [5_999, COUNT],
    ] as const) {
      const { ids } = await readAll(wanted, { from, to });
      expect(ids).toEqual(
        sent
          .slice(from, to)
          .filter(isWanted)
          .map(({ id }) => id),
      );
    }
  });

  it('is read by what there is of it, not along the log, where that is little', async () => {
    const pagesOf = async (target: WantedActivities['target']) => (await readAll({ target }, range)).pages;
    // Sixty of them: a full page and the rest.
    expect(await pagesOf({ environment: ENVIRONMENT, workspaceId: 2 })).toBe(2);
    expect(await pagesOf({ environment: ENVIRONMENT, workspaceId: 3 })).toBe(1);
    expect(await pagesOf({ environment: ENVIRONMENT, userId: 2 })).toBe(1);
    expect(await pagesOf({ environment: 'other' })).toBe(1);
    expect(await pagesOf({ environment: ENVIRONMENT })).toBeGreaterThanOrEqual(COUNT / PAGE);
  });

  it('is read along the log for one who has many totals, however few are of a type', async () => {
    const types = Array.from({ length: 2_100 }, (_, n) => `type-${n}`);
    await view.register('varied');
    await view.send('varied', 1, ...types.map((type) => ({ id: type, type })));
    const partition = partitionFor('varied/1', 8);
    const { rows } = await view.postgres.query<{ position: number }>(
      'SELECT position FROM activities_checkpoints WHERE partition = $1',
      [partition],
    );
    const to = rows[0]!.position;
    const rare: WantedActivities = { target: { environment: 'varied' }, types: new Set(['type-2099']) };
    const pages = [];
    for (let from = to - types.length; from < to; from = pages.at(-1)!.next)
      pages.push(await readPast(view.postgres, { partition, from, to }, rare, PAGE));
    expect(pages.map(({ messages }) => messages.length)).toEqual([0, 1]);
  });
});
