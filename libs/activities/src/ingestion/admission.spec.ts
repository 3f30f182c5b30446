import { afterAll, describe, expect, it } from '@jest/globals';
import { MemoryLog } from '../../test/memory-log.js';
import { Views } from '../../test/views.js';
import { Admission } from './admission.js';

const log = new MemoryLog();
const views = new Views(process.env.DATABASE_URL!, log);
afterAll(() => views.postgres.close());

describe('history at the door', () => {
  it('is not let in when it is not known how far the views are', async () => {
    const admission = new Admission(log, views.postgres, views.namespace);
    await expect(admission.admitBackfill(1)).rejects.toMatchObject({ code: '42P01' });
  });

  it('is counted for as long as the log does not have it, however often the lag is measured meanwhile', async () => {
    await views.project();
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
