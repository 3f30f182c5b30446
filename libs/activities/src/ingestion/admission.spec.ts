import { afterAll, describe, expect, it } from '@jest/globals';
import { MemoryLog } from '../../test/memory-log.js';
import { Views } from '../../test/views.js';
import { Admission } from './admission.js';

const log = new MemoryLog();
const views = new Views(process.env.DATABASE_URL!, log);
let projecting: { stop(): Promise<void> } | undefined;
afterAll(async () => {
  await projecting?.stop();
  await views.postgres.close();
});

describe('history at the door', () => {
  it('is not let in when it is not known how far the views are, for want of any', async () => {
    const admission = new Admission(log, views.postgres, views.namespace);
    await expect(admission.admitBackfill(1)).rejects.toMatchObject({ code: '42P01' });
    projecting = await views.project();
  });

  it('is counted from when it is let in, though the lag was measured before', async () => {
    const admission = new Admission(log, views.postgres, views.namespace, () => 0);
    for (let n = 0; n < 3; n += 1) await admission.admitBackfill(10_000);
    await expect(admission.admitBackfill(1)).rejects.toMatchObject({
      code: 'overloaded',
      more: { headers: { 'retry-after': '1' } },
    });
  });

  it('is counted for as long as the log does not have it, however often the lag is measured meanwhile', async () => {
    let now = 0;
    const admission = new Admission(log, views.postgres, views.namespace, () => now);
    const settled = await admission.admitBackfill(15_000);
    now += 1_000;
    await admission.admitBackfill(6_000);
    now += 1_000;
    // How far the views are behind is others' volume, too.
    const message = expect.not.stringMatching(/\d/);
    await expect(admission.admitBackfill(1)).rejects.toMatchObject({ code: 'overloaded', message });
    settled();
    now += 1_000;
    await admission.admitBackfill(1);
  });
});
