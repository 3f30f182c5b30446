import { afterAll, describe, expect, it } from '@jest/globals';
import { MemoryLog } from '../../test/memory-log.js';
import { Views } from '../../test/views.js';
import { Admission } from './admission.js';

const log = new MemoryLog();
const views = new Views(process.env.DATABASE_URL!, log);
afterAll(() => views.postgres.close());

describe('who is let in at the door', () => {
  it('are as many items as can be held, and the next at once when some are done', async () => {
    const admission = new Admission(log, views.postgres, views.namespace);
    const first = Promise.withResolvers<string>();
    const held = admission.hold(60_000, () => first.promise);
    await expect(admission.hold(60_000, async () => 'second')).rejects.toMatchObject({
      code: 'overloaded',
      more: { headers: { 'retry-after': '1' } },
    });
    first.resolve('first');
    expect(await held).toBe('first');
    expect(await admission.hold(60_000, async () => 'second')).toBe('second');
  });

  it('lets the next in after work that failed', async () => {
    const admission = new Admission(log, views.postgres, views.namespace);
    const failing = admission.hold(60_000, async () => Promise.reject(new Error('the log is down')));
    await expect(failing).rejects.toThrow('the log is down');
    expect(await admission.hold(60_000, async () => 'next')).toBe('next');
  });

  it('is no history when it is not known how far the views are', async () => {
    const admission = new Admission(log, views.postgres, views.namespace);
    await expect(admission.admitBackfill(1)).rejects.toMatchObject({ code: '42P01' });
  });
});
