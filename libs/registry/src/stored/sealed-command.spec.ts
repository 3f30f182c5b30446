import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metrics } from '#platform';
import { type ChangeUser, type RegisterUser } from '../decisions/user.decider.js';
import { seal, unseal } from './seal.js';
import { sealCommand, unsealCommand } from './sealed-command.js';

const key = createSecretKey(Buffer.alloc(32, 7));
const place = { environment: 'demo', commandId: 'c1' };
const jane: RegisterUser = {
  type: 'RegisterUser',
  key: 'k1',
  names: { username: 'h1', email: 'h2' },
  user: { username: 'jane', email: 'jane@x.y', firstName: 'Jané', lastName: '', isActive: false, profile: { a: [1] } },
};
const change: ChangeUser = { type: 'ChangeUser', userId: 7, key: 'k1', names: {}, changes: { isActive: true } };

describe('a sealed command', () => {
  it.each([jane, change, { ...change, ifVersions: [3], changes: { profile: { ü: null } } }])(
    'is read back as it was ordered: %j',
    (command) => expect(unsealCommand(sealCommand(command, key, place), key, place)).toEqual(command),
  );

  it('is read back to the digit, and says so where a double has fewer', () => {
    const numbers = (...texts: string[]) => ({
      ...jane,
      user: { ...jane.user, profile: { a: texts.map(JSON.rawJSON) } },
    });
    const exact = sealCommand(numbers('1524831183200260097', '1.0', '-0'), key, place);
    expect(exact.exact).toBe(true);
    expect(JSON.stringify(unsealCommand(exact, key, place))).toMatch('"a":[1524831183200260097,1.0,-0]');
    expect(unsealCommand(exact, key, place)).not.toHaveProperty('exact');
    for (const digits of ['12', '1234567890123456']) {
      expect(sealCommand(numbers(digits), key, place)).not.toHaveProperty('exact');
    }
  });

  it('shows nothing personal, and never the same twice', () => {
    const [one, two] = [sealCommand(jane, key, place), sealCommand(jane, key, place)];
    expect(Buffer.from(one.sealed, 'base64').toString('latin1')).not.toMatch(/jane|x\.y/i);
    expect(JSON.stringify(one)).not.toMatch(/jane|x\.y/i);
    expect(one.sealed).not.toBe(two.sealed);
  });

  it.each([
    ['environment', jane, jane, { ...place, environment: 'other' }],
    ['command', jane, jane, { ...place, commandId: 'c2' }],
    ['user', change, { ...change, userId: 8 }, place],
  ])('cannot be read at another %s', (_, command, elsewhere, there) => {
    const { sealed } = sealCommand(
      { ...command, user: jane.user, changes: { firstName: 'Jane' } } as never,
      key,
      place,
    );
    const stored = { ...sealCommand(elsewhere, key, there), sealed };
    expect(JSON.stringify(unsealCommand(stored, key, there))).not.toMatch(/jane/i);
  });

  it('of a user whose key was erased keeps what is not personal', () => {
    const erased = { username: '', email: '', firstName: '', lastName: '', profile: {}, isActive: false };
    expect(unsealCommand(sealCommand(jane, key, place), undefined, place)).toEqual({ ...jane, user: erased });
    expect(unsealCommand(sealCommand(change, key, place), undefined, place)).toEqual(change);
    expect(unsealCommand(sealCommand(change, key, place), 'erased', place)).toEqual(change);
  });

  it('is told of as one whose key was lost where it was not erased', async () => {
    const lost = async () =>
      Number(/^tidemark_registry_missing_keys_total (\d+)$/m.exec(await metrics.metrics())?.[1] ?? 0);
    const before = await lost();
    unsealCommand(sealCommand(jane, key, place), 'erased', place);
    expect(await lost()).toBe(before);
    unsealCommand(sealCommand(jane, key, place), undefined, place);
    expect(await lost()).toBe(before + 1);
  });
});

describe('a seal', () => {
  it('is broken by any change of a single bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (content, at, bit) => {
        const sealed = seal(key, Buffer.from(content), 'here');
        expect(unseal(key, sealed, 'here')).toEqual(Buffer.from(content));
        sealed[at % sealed.length]! ^= 1 << bit;
        expect(unseal(key, sealed, 'here')).toBeUndefined();
      }),
    );
  });

  it.each([0, 1, 27])('of %i bytes is none', (length) =>
    expect(unseal(key, Buffer.alloc(length), 'here')).toBeUndefined(),
  );
});
