import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../launcher/refusal.ts';
import { eventually, within } from '../../launcher/waiting.ts';

const never = new Promise<never>(() => undefined);

describe('what the launcher waits for', () => {
  it('is given up at the deadline, in a sentence that says what it was', async () => {
    const waited = within({ for: 'the tide', deadlineMs: 50 }, never);
    await expect(waited).rejects.toEqual(new Refusal('Waited 0.05 s for the tide.'));
  });

  it('is given up at the deadline also where a question is never answered', async () => {
    expect(await eventually(() => never, { deadlineMs: 50 })).toBe(false);
  });

  it('is asked again after a question that failed', async () => {
    let asked = 0;
    const third = async () => {
      if (++asked < 3) throw new Error('not yet');
      return true;
    };
    expect(await eventually(third, { deadlineMs: 10_000, everyMs: 1 })).toBe(true);
  });
});
