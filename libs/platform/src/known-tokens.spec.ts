import { describe, expect, it } from '@jest/globals';
import { withKnownTokens } from './known-tokens.js';
import { type Principal, unauthorized } from './tokens.js';

const START = 1_800_000_000_000;
const HOUR = 3_600_000;

/** A check of tokens of which each names its subject, with a clock that is set by hand. */
function known({ expiresAt = START + HOUR, most = 10 } = {}) {
  const clock = { now: START };
  const checked: string[] = [];
  const good = new Set(['ann', 'ben', 'cy']);
  const verify = withKnownTokens(
    (token): Promise<Principal> => {
      checked.push(token);
      if (!good.has(token) || clock.now >= expiresAt) return Promise.reject(unauthorized('no'));
      return Promise.resolve({ subject: token, environments: [], scopes: new Set(), expiresAt });
    },
    { most, now: () => clock.now },
  );
  return { verify, checked, clock, good };
}

describe('a token that was found good', () => {
  it('is not checked again for a minute', async () => {
    const { verify, checked, clock } = known();
    expect((await verify('ann')).subject).toBe('ann');
    clock.now += 59_999;
    expect((await verify('ann')).subject).toBe('ann');
    expect(checked).toEqual(['ann']);
    clock.now += 1;
    await verify('ann');
    expect(checked).toEqual(['ann', 'ann']);
  });

  it('is refused from the millisecond on in which it expires by a clock that is 30 s behind', async () => {
    const { verify, clock } = known({ expiresAt: START + 1_000 });
    await verify('ann');
    clock.now = START + 30_999;
    expect((await verify('ann')).subject).toBe('ann');
    clock.now = START + 31_000;
    await expect(verify('ann')).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is refused a minute after its key was withdrawn, and from then on', async () => {
    const { verify, clock, good } = known();
    await verify('ann');
    good.delete('ann');
    clock.now += 60_000;
    await expect(verify('ann')).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(verify('ann')).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is never taken for another', async () => {
    const { verify } = known();
    await verify('ann');
    expect((await verify('ben')).subject).toBe('ben');
    await expect(verify('anna')).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('tokens beyond the most that are kept', () => {
  it('push out the oldest', async () => {
    const { verify, checked } = known({ most: 2 });
    for (const token of ['ann', 'ben', 'cy', 'cy', 'ben', 'ann']) await verify(token);
    expect(checked).toEqual(['ann', 'ben', 'cy', 'ann']);
  });
});
